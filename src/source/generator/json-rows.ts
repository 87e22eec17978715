import type { Draft } from './draft.ts';
import { FragmentTable } from './fragment-table.ts';
import { mix } from './random.ts';
import type { RowBuffer } from './row-buffer.ts';
import type { Described } from './row-encoder.ts';
import { UUID } from './sessions.ts';
import { TimeText } from './time-text.ts';
import { CATEGORIES } from './words/categories.ts';
import { CAMPAIGNS, CHANNELS } from './words/channels.ts';
import { DEVICES, PAYMENT_METHODS } from './words/devices.ts';
import { PLACES } from './words/places.ts';

const [QUOTE, BRACE, LINE] = [34, 125, 10] as const;

/** A constant piece of a row. */
type Piece = FragmentTable;
export const piece = (text: string): Piece => new FragmentTable([text]);

const key = (name: string): Piece => piece(`,"${name}":`);
const textKey = (name: string): Piece => piece(`,"${name}":"`);
const pairs = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join('');

/** Six hex digits that tell runs with different seeds apart, within ids. */
export const seedTag = (seed: number): string =>
  mix(seed | 0, Math.floor(seed / 2 ** 32))
    .toString(16)
    .padStart(8, '0')
    .slice(0, 6);

const QUANTITY = key('quantity');
const PRICE = key('price');
const AMOUNT = key('amount');
const USER = textKey('user_id');
const COOKIE = textKey('anonymous_id');
const SESSION = textKey('session_id');
const PAYMENTS = new FragmentTable(PAYMENT_METHODS.map((method) => pairs({ payment_method: method })));
const LANDINGS = new FragmentTable(
  CHANNELS.flatMap((channel) =>
    CAMPAIGNS.flatMap((names) =>
      [0, 1].map((which) =>
        pairs({
          referrer: channel.referrer,
          utm_source: channel.source,
          utm_medium: channel.medium,
          utm_campaign: channel.paid ? (names[which] ?? '') : '',
        }),
      ),
    ),
  ),
);
const CHANNEL_PARTS = new FragmentTable(CHANNELS.map(({ channel }) => pairs({ channel })));
const COUNTRIES = new FragmentTable(PLACES.map(({ country }) => pairs({ country })));
const CITIES = new FragmentTable(PLACES.map(({ region, city }) => pairs({ region, city })));
const DEVICE_PARTS = new FragmentTable(DEVICES.map(({ device, browser }) => pairs({ device, browser })));

/** Writes the members that the JSON shapes share. Every one begins with a comma, so the first of a row is the id's. */
export class JsonRows {
  readonly #time = new TimeText();
  readonly #described: Described;
  #month = 0;
  #monthFrom = 0;
  #monthUntil = 0;

  constructor(described: Described) {
    this.#described = described;
  }

  /** One piece for each product, of the fields that `fields` gives for it. */
  products(fields: (product: number) => Readonly<Record<string, string>>): FragmentTable {
    return new FragmentTable(Array.from(this.#described.catalogue.ids, (_, product) => pairs(fields(product))));
  }

  /** `name` holds the key, quotes and the part of the id before its number. */
  id(row: RowBuffer, name: Piece, number: number): void {
    row.copy(name, 0);
    row.number(number);
    row.byte(QUOTE);
  }

  time(row: RowBuffer, name: Piece, millis: number): void {
    row.copy(name, 0);
    this.#time.iso(row, millis);
    row.byte(QUOTE);
  }

  user(row: RowBuffer, event: Draft): void {
    row.copy(USER, 0);
    row.number(this.#described.people.userId(event.person));
    row.byte(QUOTE);
  }

  cookie(row: RowBuffer, event: Draft): void {
    const { people } = this.#described;
    row.copy(COOKIE, 0);
    row.hex(people.cookie(event.person, 0));
    row.hex(people.cookie(event.person, 1));
    row.byte(QUOTE);
  }

  session(row: RowBuffer, event: Draft): void {
    row.copy(SESSION, 0);
    row.copyText(this.#described.sessions.uuidView, event.session * UUID, 36);
    row.byte(QUOTE);
  }

  price(row: RowBuffer, event: Draft): void {
    row.copy(PRICE, 0);
    row.cents(event.price);
  }

  quantity(row: RowBuffer, event: Draft): void {
    row.copy(QUANTITY, 0);
    row.number(event.quantity);
  }

  amount(row: RowBuffer, event: Draft): void {
    row.copy(AMOUNT, 0);
    row.cents(event.price * event.quantity);
  }

  payment(row: RowBuffer, event: Draft): void {
    row.copy(PAYMENTS, mix(event.person, 21) % PAYMENT_METHODS.length);
  }

  country(row: RowBuffer, event: Draft): void {
    row.copy(COUNTRIES, event.place);
  }

  city(row: RowBuffer, event: Draft): void {
    row.copy(CITIES, event.place);
  }

  device(row: RowBuffer, event: Draft): void {
    row.copy(DEVICE_PARTS, this.#described.sessions.device[event.session] as number);
  }

  channel(row: RowBuffer, event: Draft): void {
    row.copy(CHANNEL_PARTS, this.#described.sessions.channel[event.session] as number);
  }

  /** Where the visit came from. */
  landing(row: RowBuffer, event: Draft): void {
    const { sessions } = this.#described;
    const channel = sessions.channel[event.session] as number;
    const month = this.#monthOf(event.time);
    row.copy(LANDINGS, (channel * 12 + month) * 2 + (sessions.campaign[event.session] as number));
  }

  end(row: RowBuffer): void {
    row.byte(BRACE);
    row.byte(LINE);
  }

  #monthOf(millis: number): number {
    if (millis >= this.#monthUntil || millis < this.#monthFrom) {
      const date = new Date(millis);
      this.#month = date.getUTCMonth();
      this.#monthFrom = Date.UTC(date.getUTCFullYear(), this.#month, 1);
      this.#monthUntil = Date.UTC(date.getUTCFullYear(), this.#month + 1, 1);
    }
    return this.#month;
  }
}

/** Name of a product's category, as the catalogue gives it. */
export const categoryName = ({ catalogue }: Described, product: number): string =>
  CATEGORIES[catalogue.category[product] as number]?.name ?? '';
