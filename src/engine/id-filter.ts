/** Ten bits an id and seven probes: one in about 120 unknown ids looks known and is confirmed in vain. */
const BITS_AN_ID = 10;
const PROBES = 7;
const IDS = 1 << 20;

/**
 * A Bloom filter over event ids, in generations, so that those which arrived before the horizon can be let go.
 * `seen` may say yes wrongly, never no.
 */
export class IdFilter {
  private readonly generations: { readonly bits: Uint32Array; ids: number; newest: number }[] = [];

  /** True when the hash may have been added before. */
  seen(low: number, high: number): boolean {
    return this.generations.some(({ bits }) => has(bits, low, high));
  }

  /** `arrival` in microseconds. */
  add(low: number, high: number, arrival: number): void {
    let last = this.generations.at(-1);
    if (last === undefined || last.ids >= IDS) {
      last = { bits: new Uint32Array((IDS * BITS_AN_ID) / 32), ids: 0, newest: arrival };
      this.generations.push(last);
    }
    last.ids += 1;
    last.newest = Math.max(last.newest, arrival);
    set(last.bits, low, high);
  }

  /** Lets go of what arrived before `horizon`. */
  forget(horizon: number): void {
    while (this.generations.length > 1 && (this.generations[0]?.newest ?? horizon) < horizon) this.generations.shift();
  }
}

const SIZE = IDS * BITS_AN_ID;

function has(bits: Uint32Array, low: number, high: number): boolean {
  for (let i = 0, at = low >>> 0; i < PROBES; i++, at = (at + (high | 1)) >>> 0) {
    const bit = at % SIZE;
    if (((bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

function set(bits: Uint32Array, low: number, high: number): void {
  for (let i = 0, at = low >>> 0; i < PROBES; i++, at = (at + (high | 1)) >>> 0) {
    const bit = at % SIZE;
    bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
  }
}
