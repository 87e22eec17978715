/** How rarely an unknown id looks known, against the memory that it takes. */
export interface Sparsity {
  /** Of memory, an id. */
  readonly bits: number;
  readonly probes: number;
}

/**
 * One in about 15,000 unknown ids looks known and is confirmed in vain. With 10 bits it was one in 120: nearly every request
 * of a thousand events had to be looked for in all that is stored.
 */
const EVENT_IDS: Sparsity = { bits: 20, probes: 14 };
const IDS = 1 << 20;

/**
 * A Bloom filter over event ids, in generations, so that those which arrived before the horizon can be let go.
 * `seen` may say yes wrongly, never no.
 */
export class IdFilter {
  private readonly sparsity: Sparsity;
  private readonly generations: { readonly bits: Uint32Array; ids: number; newest: number }[] = [];

  constructor(sparsity: Sparsity = EVENT_IDS) {
    this.sparsity = sparsity;
  }

  /** True when the hash may have been added before. */
  seen(low: number, high: number): boolean {
    return this.generations.some(({ bits }) => has(bits, this.sparsity.probes, low, high));
  }

  /** `arrival` in microseconds. */
  add(low: number, high: number, arrival: number): void {
    let last = this.generations.at(-1);
    if (last === undefined || last.ids >= IDS) {
      last = { bits: new Uint32Array((IDS * this.sparsity.bits) / 32), ids: 0, newest: arrival };
      this.generations.push(last);
    }
    last.ids += 1;
    last.newest = Math.max(last.newest, arrival);
    set(last.bits, this.sparsity.probes, low, high);
  }

  /** Lets go of what arrived before `horizon`. */
  forget(horizon: number): void {
    while (this.generations.length > 1 && (this.generations[0]?.newest ?? horizon) < horizon) this.generations.shift();
  }
}

function has(bits: Uint32Array, probes: number, low: number, high: number): boolean {
  const size = bits.length * 32;
  for (let i = 0, at = low >>> 0; i < probes; i++, at = (at + (high | 1)) >>> 0) {
    const bit = at % size;
    if (((bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

function set(bits: Uint32Array, probes: number, low: number, high: number): void {
  const size = bits.length * 32;
  for (let i = 0, at = low >>> 0; i < probes; i++, at = (at + (high | 1)) >>> 0) {
    const bit = at % size;
    bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
  }
}
