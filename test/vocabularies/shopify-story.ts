import { PAGE, REFERRER, type Step, timeOf } from './story.ts';

const usd = (amount: number): object => ({ amount, currencyCode: 'USD' });
const BOOT = {
  id: 'v-1',
  price: usd(79.99),
  product: { id: 'p-1', title: 'Boot', vendor: 'Acme', type: 'Shoes', url: '/products/boot' },
  sku: 'B-1',
  title: 'Brown / 42',
};
const LACE = {
  id: 'v-2',
  price: usd(2.5),
  product: { id: 'p-2', title: 'Lace', vendor: 'Tie', type: 'Care', url: '/products/lace' },
  sku: 'L-1',
  title: 'Short',
};
const cartLine = (quantity: number): object => ({
  cost: { totalAmount: usd(Number((79.99 * quantity).toFixed(2))) },
  merchandise: BOOT,
  quantity,
});
const CHECKOUT = {
  currencyCode: 'USD',
  email: 'jane@example.com',
  phone: '+1 555 0100',
  shippingAddress: { firstName: 'Jane', address1: '1 Main St' },
  lineItems: [
    { id: 'l-1', quantity: 1, title: 'Boot', finalLinePrice: usd(79.99), variant: BOOT },
    { id: 'l-2', quantity: 2, title: 'Lace', finalLinePrice: usd(5), variant: LACE },
  ],
  subtotalPrice: usd(84.99),
  token: 'k-1',
};

const event = (step: Step, name: string, data: object): object => ({
  id: `sh-${step}`,
  name,
  clientId: 'a-1',
  timestamp: timeOf(step),
  type: 'standard',
  seq: 1,
  context: {
    document: { location: { href: PAGE, pathname: '/shoes' }, referrer: REFERRER, title: 'Shoes' },
    navigator: { language: 'en-US', userAgent: 'Mozilla/5.0' },
  },
  data,
});

/** The story as web pixels are handed it; there are no clicks in lists, refunds and promotions. */
export const shopifyStory: Readonly<Partial<Record<Step, object>>> = {
  page: event('page', 'page_viewed', {}),
  search: event('search', 'search_submitted', { searchResult: { query: 'boots', productVariants: [BOOT] } }),
  list_view: event('list_view', 'collection_viewed', {
    collection: { id: 'shoes', title: 'Shoes', productVariants: [BOOT, LACE] },
  }),
  view: event('view', 'product_viewed', { productVariant: BOOT }),
  cart_add: event('cart_add', 'product_added_to_cart', { cartLine: cartLine(2) }),
  cart_remove: event('cart_remove', 'product_removed_from_cart', { cartLine: cartLine(1) }),
  cart_view: event('cart_view', 'cart_viewed', { cart: { id: 'c-1', lines: [cartLine(1)], totalQuantity: 1 } }),
  checkout: event('checkout', 'checkout_started', { checkout: CHECKOUT }),
  ship: event('ship', 'checkout_shipping_info_submitted', { checkout: CHECKOUT }),
  pay: event('pay', 'payment_info_submitted', { checkout: CHECKOUT }),
  purchase: event('purchase', 'checkout_completed', {
    checkout: {
      ...CHECKOUT,
      order: { id: 'o-1' },
      totalTax: usd(8.1),
      shippingLine: { price: usd(5) },
      totalPrice: usd(98.09),
    },
  }),
};
