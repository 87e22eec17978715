import { mix, type Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';
import { CATEGORIES, type Category } from './words/categories.ts';

const CENTS_LIMIT = 400_000;

/** What the shop sells. Products of a category stand together, most wanted first. */
export interface Catalogue {
  readonly count: number;
  readonly ids: Uint32Array;
  /** Index into CATEGORIES. */
  readonly category: Uint16Array;
  readonly brands: readonly string[];
  readonly names: readonly string[];
  /** List price in cents. */
  readonly price: Uint32Array;
  /** First product of each category, and one more at the end. */
  readonly firstOf: Uint32Array;
  readonly categoryChoice: WeightedChoice;
}

/** Nineteen digits, as REES46 has them. */
export const categoryId = (category: number): string =>
  (2053013551000000000n + BigInt(category) * 4294967291n + BigInt(mix(category, 7) % 100_000_000)).toString();

const MODELS = ['Lite', 'Plus', 'Pro', 'Max', 'Mini', 'Classic', 'Air', 'Home', 'Neo', 'S'];
const capital = (brand: string): string =>
  brand.length <= 3 ? brand.toUpperCase() : brand[0]?.toUpperCase() + brand.slice(1);

export function makeCatalogue(wanted: number, random: Random): Catalogue {
  const shares = CATEGORIES.map((category) => Math.sqrt(category.weight));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const counts = shares.map((share) => Math.max(1, Math.round((share / total) * wanted)));
  const count = counts.reduce((sum, value) => sum + value, 0);
  const firstOf = new Uint32Array(CATEGORIES.length + 1);
  const ids = new Uint32Array(count);
  const category = new Uint16Array(count);
  const price = new Uint32Array(count);
  const brands: string[] = [];
  const names: string[] = [];
  let product = 0;
  CATEGORIES.forEach((entry, index) => {
    firstOf[index] = product;
    for (let rank = 0; rank < (counts[index] as number); rank++, product++) {
      const brand = brandOf(entry, random);
      const model = `${MODELS[random.below(MODELS.length)]} ${String.fromCharCode(65 + random.below(26))}${10 + random.below(990)}`;
      ids[product] = (10 + index * 5) * 100_000 + rank * 3 + 1;
      category[product] = index;
      price[product] = priceOf(entry, random);
      brands.push(brand);
      names.push(`${brand === '' ? '' : `${capital(brand)} `}${entry.noun} ${model}`);
    }
  });
  firstOf[CATEGORIES.length] = product;
  const categoryChoice = new WeightedChoice(CATEGORIES.map((entry) => entry.weight));
  return { count, ids, category, brands, names, price, firstOf, categoryChoice };
}

/** A product of the category; the most wanted tenth of a category gets about half of the looks. */
export function drawProduct(catalogue: Catalogue, category: number, random: Random): number {
  const first = catalogue.firstOf[category] as number;
  const count = (catalogue.firstOf[category + 1] as number) - first;
  const u = random.unit();
  return first + Math.floor(count * u * u * u);
}

/** Price in cents on a day (days since 1970): each product has some days at a reduced price. */
export function priceOn(catalogue: Catalogue, product: number, day: number): number {
  const list = catalogue.price[product] as number;
  // Offers run from one to the next "phase" of five days, which differs by product.
  const hash = mix(product, Math.floor((day + product) / 5));
  if ((hash & 15) !== 0) return list;
  return Math.max(1, Math.round(list * (0.7 + ((hash >>> 8) & 255) / 1020)));
}

function brandOf(category: Category, random: Random): string {
  const u = random.unit();
  return category.brands[Math.floor(category.brands.length * u * u)] ?? '';
}

function priceOf(category: Category, random: Random): number {
  const cents = category.price * 100 * Math.exp(0.62 * random.normal());
  return Math.max(77, Math.min(CENTS_LIMIT, Math.round(cents)));
}
