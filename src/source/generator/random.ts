const UNIT = 2 ** -32;

/**
 * Small, fast, seeded randomness: sfc32 (Chris Doty-Humphrey, PractRand). Draws in blocks into a typed array were tried
 * and made the whole generator slower: 1.55 against 1.78 M rows/s.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Two streams of one seed with different `stream` numbers are independent. */
  constructor(seed: number, stream = 0) {
    this.#a = mix(seed, stream) | 0;
    this.#b = mix(Math.floor(seed / 2 ** 32), this.#a) | 0;
    this.#c = mix(this.#a, this.#b) | 0;
    for (let i = 0; i < 16; i++) this.word();
  }

  /** Uniform whole number in [0, 2^32). */
  word(): number {
    const a = this.#a;
    const b = this.#b;
    const c = this.#c;
    const counter = this.#counter;
    const sum = (((a + b) | 0) + counter) | 0;
    this.#counter = (counter + 1) | 0;
    this.#a = b ^ (b >>> 9);
    this.#b = (c + (c << 3)) | 0;
    this.#c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.word() * UNIT;
  }

  /** Uniform whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.word() * UNIT * limit);
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(1 - this.unit());
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.unit());
  }
}

/**
 * Hash of two numbers to a whole number in [0, 2^32) (the finisher of MurmurHash3): a lasting property of person or
 * product `key` is `mix(key, salt)`, so millions of people need no memory.
 */
export function mix(key: number, salt: number): number {
  let h = (key | 0) ^ Math.imul(salt + 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2d);
  return (h ^ (h >>> 16)) >>> 0;
}
