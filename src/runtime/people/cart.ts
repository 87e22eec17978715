/** An event as its timeline tells it: the type, the product, the quantity and the price count. */
type CartEvent = Readonly<Record<string, unknown>>;

export interface CartState {
  readonly items: number;
  /** Pieces at their latest price, decimal text. */
  readonly value: string;
}

interface Held {
  readonly quantity: number;
  readonly price: bigint;
}

const UNITS = 10_000n;

/**
 * A cart, event by event: what is put in counts at its latest price, what is taken out does not go below none, and a
 * purchase of the session empties it (semantics, "Kinds", absence).
 */
export class Cart {
  private readonly held = new Map<unknown, Held>();

  after(event: CartEvent): CartState {
    const { event_type: type, product_id: product, quantity, price } = event;
    const pieces = typeof quantity === 'number' ? quantity : 1;
    const before = this.held.get(product) ?? { quantity: 0, price: 0n };
    if (type === 'cart_add')
      this.held.set(product, {
        quantity: before.quantity + pieces,
        price: typeof price === 'string' ? unitsOf(price) : before.price,
      });
    else if (type === 'cart_remove')
      this.held.set(product, { ...before, quantity: Math.max(0, before.quantity - pieces) });
    else if (type === 'purchase') this.held.clear();
    const left = [...this.held.values()];
    return {
      items: left.reduce((total, each) => total + each.quantity, 0),
      value: textOf(left.reduce((total, each) => total + BigInt(each.quantity) * each.price, 0n)),
    };
  }
}

const unitsOf = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * UNITS + BigInt(fraction.padEnd(4, '0'));
};

const textOf = (units: bigint): string => `${units / UNITS}.${String(units % UNITS).padStart(4, '0')}`;
