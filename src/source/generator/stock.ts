import type { Catalogue } from './catalogue.ts';
import type { Random } from './random.ts';
import { CATEGORIES } from './words/categories.ts';

const HOUR = 3_600_000;
/** Units sold for one event, about. */
const UNITS_PER_EVENT = 0.025;

/** What lies in the store: an opening count for each product, sized by what will probably be sold of it. */
export class Stock {
  readonly opening: Int32Array;
  readonly #level: Int32Array;
  readonly #ordered: Uint8Array;

  constructor(catalogue: Catalogue, events: number, random: Random) {
    this.opening = new Int32Array(catalogue.count);
    this.#ordered = new Uint8Array(catalogue.count);
    const total = CATEGORIES.reduce((sum, category) => sum + category.weight, 0);
    for (let product = 0; product < catalogue.count; product++) {
      const category = catalogue.category[product] as number;
      const first = catalogue.firstOf[category] as number;
      const count = (catalogue.firstOf[category + 1] as number) - first;
      const rank = product - first;
      const share = Math.cbrt((rank + 1) / count) - Math.cbrt(rank / count);
      const expected = ((CATEGORIES[category]?.weight ?? 0) / total) * share * events * UNITS_PER_EVENT;
      this.opening[product] = Math.ceil(Math.min(1e6, expected) * (0.3 + 1.2 * random.unit())) + 5 + random.below(60);
    }
    this.#level = this.opening.slice();
  }

  /** Takes sold units out. Answers after how many milliseconds the product is restocked; 0 = no restock begins. */
  sell(product: number, quantity: number, random: Random): number {
    const level = (this.#level[product] as number) - quantity;
    this.#level[product] = level;
    if (this.#ordered[product] === 1 || level > 4 + (this.opening[product] as number) * 0.12) return 0;
    this.#ordered[product] = 1;
    return Math.floor((1 + 35 * random.unit()) * HOUR);
  }

  /** Puts a delivery in; answers its units. */
  restock(product: number): number {
    const units = Math.max(10, Math.ceil((this.opening[product] as number) / 10) * 10);
    this.#level[product] = (this.#level[product] as number) + units;
    this.#ordered[product] = 0;
    return units;
  }
}
