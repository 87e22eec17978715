import type { Random } from './random.ts';

/** A way to break a row. `edit` gets the row without line end, one character a byte, null = cannot be done to it. */
interface BrokenKind {
  readonly code: string;
  readonly field: string;
  edit(row: string): string | null;
}

const LONG = 'x'.repeat(1500);
// Not UTF-8: a lead byte without its continuation.
const BAD_BYTES = '\xc3\x28';

const cell = (code: string, field: string, index: number, change: (value: string) => string): BrokenKind => ({
  code,
  field,
  edit(row) {
    const cells = row.split(',');
    cells[index] = change(cells[index] ?? '');
    return cells.join(',');
  },
});

const member = (code: string, name: RegExp, field: string, value: string): BrokenKind => ({
  code,
  field,
  edit(row) {
    const match = new RegExp(`"(${name.source})":("[^"]*"|[^,}]*)`).exec(row);
    if (match === null) return null;
    return `${row.slice(0, match.index)}"${match[1]}":${value}${row.slice(match.index + match[0].length)}`;
  },
});

const [TIME, TYPE, PRODUCT, BRAND, PRICE] = [0, 1, 2, 5, 6] as const;
const timeName = /event_time|timestamp/;
const typeName = /event_type|action/;

/** By format. CSV cells are those of REES46. */
const BROKEN_KINDS: Readonly<Record<'csv' | 'ndjson', readonly BrokenKind[]>> = {
  csv: [
    cell('event.price_negative', 'price', PRICE, (value) => `-${value}`),
    cell('event.price_precision', 'price', PRICE, (value) => `${value}123`),
    cell('event.price_range', 'price', PRICE, () => '1000000000.00'),
    cell('event.price_number', 'price', PRICE, () => 'NaN'),
    cell('event.time_missing', 'event_time', TIME, () => ''),
    cell('event.time_format', 'event_time', TIME, (value) => `${value.slice(0, 5)}13-45${value.slice(10)}`),
    cell('event.time_range', 'event_time', TIME, (value) => `2999${value.slice(4)}`),
    cell('event.future', 'event_time', TIME, (value) => `2195-06-15${value.slice(10)}`),
    cell('event.type_missing', 'event_type', TYPE, () => ''),
    cell('event.utf8', 'brand', BRAND, (value) => value + BAD_BYTES),
    cell('event.field_size', 'product_id', PRODUCT, () => LONG),
    { code: 'event.columns', field: '', edit: (row) => row.slice(0, row.lastIndexOf(',')) },
    { code: 'event.columns', field: '', edit: (row) => `${row},surplus` },
  ],
  ndjson: [
    member('event.price_negative', /price/, 'price', '-12.50'),
    member('event.price_precision', /price/, 'price', '"12.345678"'),
    member('event.price_range', /price/, 'price', '1e12'),
    member('event.price_number', /price/, 'price', '"twelve"'),
    member('event.time_missing', timeName, 'event_time', '""'),
    member('event.time_format', timeName, 'event_time', '"2019-13-45T00:00:00Z"'),
    member('event.time_range', timeName, 'event_time', '"2999-01-01T00:00:00Z"'),
    member('event.future', timeName, 'event_time', '"2195-06-15T12:00:00Z"'),
    member('event.type_missing', typeName, 'event_type', '""'),
    member('event.quantity', /quantity/, 'quantity', '-3'),
    member('event.field_type', /user_id/, 'user_id', '{"name":"somebody"}'),
    member('event.field_size', /product_id/, 'product_id', `"${LONG}"`),
    member('event.utf8', /session_id/, 'session_id', `"${BAD_BYTES}"`),
    { code: 'event.json', field: '', edit: (row) => row.slice(0, Math.floor(row.length / 2)) },
  ],
};

interface BrokenRow {
  readonly kind: BrokenKind;
  readonly bytes: Uint8Array;
}

/** Breaks a row (with its line end) in one of the ways that fit it. */
export function breakRow(format: 'csv' | 'ndjson', row: Uint8Array, random: Random): BrokenRow {
  const text = Buffer.from(row.buffer, row.byteOffset, row.length - 1).toString('latin1');
  const kinds = BROKEN_KINDS[format];
  const from = random.below(kinds.length);
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[(from + i) % kinds.length] as BrokenKind;
    const edited = kind.edit(text);
    if (edited !== null) return { kind, bytes: Buffer.from(`${edited}\n`, 'latin1') };
  }
  throw new Error(`no way to break a ${format} row`);
}
