import type { Random } from './random.ts';

/** Draws an index with given weights in constant time (Walker's alias method). */
export class WeightedChoice {
  readonly #keep: Float64Array;
  readonly #other: Int32Array;

  constructor(weights: readonly number[]) {
    const count = weights.length;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const scaled = weights.map((weight) => (weight * count) / total);
    this.#keep = new Float64Array(count).fill(1);
    this.#other = new Int32Array(count);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < count; i++) ((scaled[i] as number) < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const low = small.pop() as number;
      const high = large.pop() as number;
      this.#keep[low] = scaled[low] as number;
      this.#other[low] = high;
      scaled[high] = (scaled[high] as number) + (scaled[low] as number) - 1;
      ((scaled[high] as number) < 1 ? small : large).push(high);
    }
  }

  draw(random: Random): number {
    const at = random.unit() * this.#keep.length;
    const index = Math.floor(at);
    return at - index < (this.#keep[index] as number) ? index : (this.#other[index] as number);
  }

  /** The same draw from a hash instead of a stream. */
  at(hash: number): number {
    const at = (hash / 2 ** 32) * this.#keep.length;
    const index = Math.floor(at);
    return at - index < (this.#keep[index] as number) ? index : (this.#other[index] as number);
  }
}
