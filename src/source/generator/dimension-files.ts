import { categoryId } from './catalogue.ts';
import { KNOWN_DAYS } from './people.ts';
import { mix } from './random.ts';
import type { Shop } from './shop.ts';
import { CATEGORIES } from './words/categories.ts';
import { PLACES } from './words/places.ts';

const DAY = 86_400_000;
/** US dollars for one unit, about which the days' rates move. */
const RATES: Readonly<Record<string, number>> = {
  USD: 1,
  EUR: 1.1,
  GBP: 1.27,
  CAD: 0.74,
  PLN: 0.256,
  SEK: 0.102,
  BRL: 0.2,
  MXN: 0.052,
  INR: 0.0121,
  JPY: 0.0071,
  AUD: 0.66,
};

const isoDate = (millis: number): string => new Date(millis).toISOString().slice(0, 10);

/** A CSV file beside the events: name without prefix, and its lines with line ends. */
interface DimensionFile {
  readonly file: string;
  lines(shop: Shop): Iterable<string>;
}

export const DIMENSION_FILES: readonly DimensionFile[] = [
  { file: 'products.csv', lines: products },
  { file: 'users.csv', lines: users },
  { file: 'stock.csv', lines: stock },
  { file: 'rates.csv', lines: rates },
];

function* products({ catalogue }: Shop): Generator<string> {
  yield 'product_id,product_name,category_id,category_code,category_name,brand,price\n';
  for (let product = 0; product < catalogue.count; product++) {
    const category = catalogue.category[product] as number;
    const { code, name } = CATEGORIES[category] ?? { code: '', name: '' };
    const price = ((catalogue.price[product] as number) / 100).toFixed(2);
    yield `${catalogue.ids[product]},${catalogue.names[product]},${categoryId(category)},${code},${name},${catalogue.brands[product]},${price}\n`;
  }
}

function* users({ people, options }: Shop): Generator<string> {
  const dates = Array.from({ length: KNOWN_DAYS + 1 }, (_, days) => isoDate(options.start - days * DAY));
  yield 'user_id,name,country,region,city,signup_date,segment\n';
  for (let person = 0; person < people.count; person++) {
    const { country, region, city } = PLACES[people.place(person)] ?? { country: '', region: '', city: '' };
    const signup = dates[people.daysKnown(person)];
    yield `${people.userId(person)},${people.name(person)},${country},${region},${city},${signup},${people.segment(person)}\n`;
  }
}

function* stock({ catalogue, stock: { opening }, options }: Shop): Generator<string> {
  yield 'product_id,stock,counted_at\n';
  const countedAt = new Date(options.start).toISOString();
  for (let product = 0; product < catalogue.count; product++)
    yield `${catalogue.ids[product]},${opening[product]},${countedAt}\n`;
}

/** One unit of `currency` is worth `rate` of the shop's currency on that day. */
function* rates({ options }: Shop): Generator<string> {
  yield 'date,currency,rate\n';
  const days = Math.floor(options.end / DAY) - Math.floor(options.start / DAY);
  for (let day = 0; day <= days; day++) {
    const at = Math.floor(options.start / DAY) + day;
    const date = isoDate(at * DAY);
    let index = 0;
    for (const [currency, rate] of Object.entries(RATES)) {
      const move = currency === 'USD' ? 1 : 1 + (mix(at, options.seed + index++) / 2 ** 32 - 0.5) * 0.02;
      yield `${date},${currency},${(rate * move).toFixed(6)}\n`;
    }
  }
}
