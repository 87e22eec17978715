import type { Random } from './random.ts';
import { enlarged } from './wheel.ts';

/** What a visit was seen to do in valid rows, as bits of `seen`. */
export const SEEN = { view: 1, cart: 2, purchase: 4, first: 8, second: 16 } as const;
/** Who a visit belongs to: `whose`. */
export const WHOSE = { known: 0, anonymous: 1, logsIn: 2, shared: 3 } as const;
const CART = 4;
/** Bytes of a slot's UUID: 36, and room for the last eight-byte step of a copy. */
export const UUID = 40;
const HEX = Buffer.from('0123456789abcdef');
const DASHES = [4, 6, 8, 10];

/** Visits in progress, one slot each, field by field in typed arrays; slots are used again. */
export class Sessions {
  /** The session's UUID as 36 bytes of text a slot. */
  uuid = new Uint8Array(UUID * 256);
  uuidView = new DataView(this.uuid.buffer);
  person = new Uint32Array(256);
  /** The one who takes over (WHOSE.shared), and after how many events. */
  other = new Uint32Array(256);
  switchAfter = new Uint8Array(256);
  whose = new Uint8Array(256);
  place = new Uint16Array(256);
  channel = new Uint8Array(256);
  campaign = new Uint8Array(256);
  device = new Uint8Array(256);
  category = new Uint16Array(256);
  product = new Int32Array(256);
  stage = new Uint8Array(256);
  /** Looks, cart adds and purchase lines still to come; `buys` = will buy. */
  viewsLeft = new Uint16Array(256);
  cartsLeft = new Uint8Array(256);
  linesLeft = new Uint8Array(256);
  buys = new Uint8Array(256);
  bot = new Uint8Array(256);
  /** 1 while a burst of purchases (a planted anomaly) runs. */
  burst = new Uint8Array(256);
  cart = new Int32Array(256 * CART);
  cartCount = new Uint8Array(256);
  order = new Float64Array(256);
  steps = new Uint16Array(256);
  seen = new Uint8Array(256);
  /** Events held back that still need this slot, and whether the visit is over. */
  held = new Uint16Array(256);
  over = new Uint8Array(256);
  live = new Uint8Array(256);
  capacity = 256;
  #used = 0;
  readonly #free: number[] = [];

  take(random: Random): number {
    const slot = this.#free.pop() ?? this.#append();
    this.#writeUuid(slot, random);
    this.live[slot] = 1;
    for (const field of [this.steps, this.seen, this.held, this.over, this.bot, this.burst, this.cartCount])
      field[slot] = 0;
    this.order[slot] = 0;
    this.linesLeft[slot] = 0;
    return slot;
  }

  free(slot: number): void {
    this.live[slot] = 0;
    this.#free.push(slot);
  }

  /** The slots still in use. */
  *open(): Generator<number> {
    for (let slot = 0; slot < this.#used; slot++) if (this.live[slot] === 1) yield slot;
  }

  id(slot: number): string {
    return Buffer.from(this.uuid.buffer, slot * UUID, 36).toString('latin1');
  }

  addToCart(slot: number, product: number): void {
    const count = this.cartCount[slot] as number;
    if (count === CART) return;
    this.cart[slot * CART + count] = product;
    this.cartCount[slot] = count + 1;
  }

  /** Takes the last product put into the cart out of it. */
  takeFromCart(slot: number): number {
    const count = (this.cartCount[slot] as number) - 1;
    this.cartCount[slot] = count;
    return this.cart[slot * CART + count] as number;
  }

  #writeUuid(slot: number, random: Random): void {
    const bytes = this.uuid;
    let at = slot * UUID;
    let word = 0;
    for (let i = 0; i < 16; i++) {
      if ((i & 3) === 0) word = random.word();
      let value = word & 255;
      word >>>= 8;
      if (i === 6) value = (value & 15) | 64;
      else if (i === 8) value = (value & 63) | 128;
      if (i === DASHES[0] || i === DASHES[1] || i === DASHES[2] || i === DASHES[3]) bytes[at++] = 45;
      bytes[at++] = HEX[value >> 4] as number;
      bytes[at++] = HEX[value & 15] as number;
    }
  }

  #append(): number {
    if (this.#used === this.capacity) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    this.capacity *= 2;
    this.uuid = enlarged(this.uuid, Uint8Array);
    this.uuidView = new DataView(this.uuid.buffer);
    this.person = enlarged(this.person, Uint32Array);
    this.other = enlarged(this.other, Uint32Array);
    this.switchAfter = enlarged(this.switchAfter, Uint8Array);
    this.whose = enlarged(this.whose, Uint8Array);
    this.place = enlarged(this.place, Uint16Array);
    this.channel = enlarged(this.channel, Uint8Array);
    this.campaign = enlarged(this.campaign, Uint8Array);
    this.device = enlarged(this.device, Uint8Array);
    this.category = enlarged(this.category, Uint16Array);
    this.product = enlarged(this.product, Int32Array);
    this.stage = enlarged(this.stage, Uint8Array);
    this.viewsLeft = enlarged(this.viewsLeft, Uint16Array);
    this.cartsLeft = enlarged(this.cartsLeft, Uint8Array);
    this.linesLeft = enlarged(this.linesLeft, Uint8Array);
    this.buys = enlarged(this.buys, Uint8Array);
    this.bot = enlarged(this.bot, Uint8Array);
    this.burst = enlarged(this.burst, Uint8Array);
    this.cart = enlarged(this.cart, Int32Array);
    this.cartCount = enlarged(this.cartCount, Uint8Array);
    this.order = enlarged(this.order, Float64Array);
    this.steps = enlarged(this.steps, Uint16Array);
    this.seen = enlarged(this.seen, Uint8Array);
    this.held = enlarged(this.held, Uint16Array);
    this.over = enlarged(this.over, Uint8Array);
    this.live = enlarged(this.live, Uint8Array);
  }
}
