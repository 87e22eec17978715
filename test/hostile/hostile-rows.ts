import type { EventCode } from '../../src/source/validate/event-code.ts';

/** A broken event between two good ones, the code that it must get, and the column or pointer it is about. */
export interface HostileRow {
  readonly what: string;
  readonly format: 'csv' | 'ndjson';
  readonly row: string | Uint8Array;
  /** null: it looks broken, but is an event. */
  readonly code: EventCode | null;
  readonly pointer?: string;
}

const TIME = '2019-10-01 00:00:00 UTC';
const csv = (what: string, code: EventCode | null, row: string | Uint8Array, pointer = ''): HostileRow => ({
  what,
  format: 'csv',
  row,
  code,
  pointer,
});
const json = (what: string, code: EventCode | null, row: string | Uint8Array, pointer = ''): HostileRow => ({
  what,
  format: 'ndjson',
  row,
  code,
  pointer,
});
const object = (fields: object): string => JSON.stringify({ event_time: TIME, event_type: 'view', ...fields });
const priced = (price: string): string => `${TIME},view,1,2,a.b,c,${price},3,s`;
const timed = (time: string): string => `${time},view,1,2,a.b,c,1.00,3,s`;
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

/** Ways in which rows arrive broken, and some in which they only seem to be. */
export const HOSTILE_ROWS: readonly HostileRow[] = [
  csv('negative price', 'event.price_negative', priced('-0.01'), 'price'),
  csv('five decimals', 'event.price_precision', priced('1.00001'), 'price'),
  csv('zeros beyond four decimals', null, priced('1.000000')),
  csv('price of a thousand million', 'event.price_range', priced('1000000000'), 'price'),
  csv('price with an exponent out of all bounds', 'event.price_range', priced('1e308'), 'price'),
  csv('price NaN', 'event.price_number', priced('NaN'), 'price'),
  csv('price Infinity', 'event.price_number', priced('Infinity'), 'price'),
  csv('price in words', 'event.price_number', priced('ten'), 'price'),
  csv('price with a decimal comma in quotes', 'event.price_number', priced('"12,5"'), 'price'),
  csv('formula as price', 'event.price_number', priced('=1+1'), 'price'),
  csv('no price', null, priced('')),
  csv('no time', 'event.time_missing', timed(''), 'event_time'),
  csv('day that does not exist', 'event.time_format', timed('2019-02-30 00:00:00 UTC'), 'event_time'),
  csv('hour 24', 'event.time_format', timed('2019-10-01 24:00:00 UTC'), 'event_time'),
  csv('time in another format', 'event.time_format', timed('01/10/2019'), 'event_time'),
  csv('year 1970', 'event.time_range', timed('1970-01-01 00:00:00 UTC'), 'event_time'),
  csv('year 9999', 'event.time_range', timed('9999-12-31 23:59:59 UTC'), 'event_time'),
  csv('time in the future', 'event.future', timed('2199-01-01 00:00:00 UTC'), 'event_time'),
  csv('no type', 'event.type_missing', `${TIME},,1,2,a.b,c,1.00,3,s`, 'event_type'),
  csv('unknown type', null, `${TIME},teleported,1,2,a.b,c,1.00,3,s`),
  csv('one cell too few', 'event.columns', `${TIME},view,1,2,a.b,c,1.00,3`),
  csv('one cell too many', 'event.columns', `${TIME},view,1,2,a.b,c,1.00,3,s,t`),
  csv('hundreds of cells', 'event.field_count', ','.repeat(400)),
  csv('text after a closing quote', 'event.quote', `${TIME},view,1,2,"a"b,c,1.00,3,s`),
  csv('quote that is never closed', 'event.quote', `${TIME},view,1,2,"a.b,c,1.00,3,s`),
  csv('quote inside a plain cell', null, `${TIME},view,1,2,a"b,c,1.00,3,s`),
  csv('comma and line end in quotes', null, `${TIME},view,1,2,"a,b\n""c""",c,1.00,3,s`),
  csv('overlong UTF-8', 'event.utf8', bytes(`${TIME},view,1,2,a.b,`, [0xc0, 0xaf], ',1.00,3,s'), 'brand'),
  csv('lone continuation byte in an id', 'event.utf8', bytes(`${TIME},view,1,2,a.b,c,1.00,`, [0x80], ',s'), 'user_id'),
  csv('product id of 2 KiB', 'event.field_size', `${TIME},view,${'9'.repeat(2048)},2,a.b,c,1.00,3,s`, 'product_id'),
  csv('row of 80 KiB', 'event.field_size', `${TIME},view,1,2,a.b,${'x'.repeat(80 << 10)},1.00,3,s`),
  csv('NUL in an id', null, `${TIME},view,1\u0000,2,a.b,c,1.00,3,s`),
  json('no object', 'event.json', '[1,2]'),
  json('two objects on a line', 'event.json', `${object({})}${object({})}`),
  json('cut in the middle', 'event.json', object({}).slice(0, -4)),
  json('comma after the last key', 'event.json', `${object({}).slice(0, -1)},}`),
  json('NaN', 'event.json', `${object({}).slice(0, -1)},"price":NaN}`),
  json('leading zero', 'event.json', `${object({}).slice(0, -1)},"price":01}`),
  json('single quotes', 'event.json', "{'event_type':'view'}"),
  json('tab inside a string', 'event.json', `${object({}).slice(0, -1)},"brand":"a\tb"}`),
  json('bad escape', 'event.json', `${object({}).slice(0, -1)},"brand":"\\x41"}`),
  json('nested 31 deep', null, object({ deep: JSON.parse(nested(31)) as unknown })),
  json('nested 40 deep', 'event.json', object({ deep: JSON.parse(nested(40)) as unknown })),
  json('nested 20,000 deep', 'event.json', `{"a":${'['.repeat(20_000)}`),
  json(
    '300 keys',
    'event.field_count',
    object(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]))),
  ),
  json('half a surrogate pair', 'event.utf8', `${object({}).slice(0, -1)},"brand":"\\ud800"}`, '/brand'),
  json(
    'bytes that are no UTF-8',
    'event.utf8',
    bytes(`${object({}).slice(0, -1)},"brand":"`, [0xff, 0xfe], '"}'),
    '/brand',
  ),
  json(
    'bytes that are no UTF-8 in an unknown field',
    'event.utf8',
    bytes(`${object({}).slice(0, -1)},"x":"`, [0xff], '"}'),
    '/x',
  ),
  json('object as an id', 'event.field_type', object({ user_id: { name: 'a' } }), '/user_id'),
  json('list as a product', 'event.field_type', object({ product_id: [1] }), '/product_id'),
  json('true as a brand', 'event.field_type', object({ brand: true }), '/brand'),
  json('text as properties', 'event.field_type', object({ properties: 'x' }), '/properties'),
  json('negative quantity', 'event.quantity', object({ quantity: -3 }), '/quantity'),
  json('half a piece', 'event.quantity', object({ quantity: 1.5 }), '/quantity'),
  json('a million pieces', 'event.quantity', object({ quantity: 1_000_000 }), '/quantity'),
  json('amount in words', 'event.amount', object({ amount: 'many' }), '/amount'),
  json('amount out of range', 'event.price_range', object({ amount: 1e9 }), '/amount'),
  json(
    'price times quantity out of range',
    'event.price_range',
    object({ price: 999_999_999, quantity: 2 }),
    '/amount',
  ),
  json('price off by a rounding error', null, object({ price: 239.96999999999997 })),
  json('price with five decimals as a number', 'event.price_precision', object({ price: 1.23456 }), '/price'),
  json('empty type', 'event.type_missing', object({ event_type: '' }), '/event_type'),
  json('null time', 'event.time_missing', object({ event_time: null }), '/event_time'),
  json('epoch before 1990', 'event.time_range', object({ event_time: 1 }), '/event_time'),
  json('page address of 9 KiB', 'event.field_size', object({ page_url: 'x'.repeat(9 << 10) }), '/page_url'),
  json('line of 70 KiB', 'event.field_size', object({ x: 'y'.repeat(70 << 10) })),
  json('__proto__', null, `${object({}).slice(0, -1)},"__proto__":{"event_type":"x"}}`),
];
