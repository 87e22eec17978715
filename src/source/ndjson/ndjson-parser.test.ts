import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_COLUMNS } from '../../core/event.ts';
import { parseBytes } from '../parse-bytes.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import { JsonScanner } from './json-scanner.ts';
import { NdjsonParser } from './ndjson-parser.ts';

const MAPPING: Mapping = {
  shape: 'canonical',
  label: 'canonical',
  fields: Object.fromEntries(EVENT_COLUMNS.map(({ name }) => [name, [name]])),
  types: {},
  type: null,
};
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string, options = {}) => parseBytes(new NdjsonParser(MAPPING), encode(text), options);
const BASE = { event_time: '2019-10-01 00:00:00 UTC', event_type: 'view' };

describe('JSON', () => {
  test('the scanner passes exactly the values that JSON.parse takes', () => {
    const near = fc.stringMatching(/^[[\]{}",:0-9a-ftrunlse.\\+\- E]{0,14}$/);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json({ maxDepth: 3 }),
          near,
          near.map((text) => `[${text}]`),
        ),
        (text) => {
          const encoded = encode(text);
          const bytes = new Uint8Array(encoded.length + 8);
          bytes.set(encoded);
          const scanner = new JsonScanner();
          scanner.over(bytes, new DataView(bytes.buffer), encoded.length);
          const end = scanner.value(scanner.space(0), 0);
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          expect(end >= 0 && scanner.space(end) === encoded.length).toBe(valid);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('NDJSON', () => {
  test('random objects come out as they went in, however the bytes are cut', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 });
    const object = fc.record(
      {
        brand: text,
        user_id: fc.oneof(text, fc.nat().map(String)),
        page_url: text,
        other: fc.jsonValue({ maxDepth: 2 }),
        'a "key"': text,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 150 }),
        (objects, eol, blockBytes) => {
          const lines = objects.map((value) => JSON.stringify({ ...BASE, ...value }));
          const { rows, rejected } = parse(lines.join(eol), { blockBytes, batchRows: 3 });
          expect(rejected).toEqual([]);
          const expected = objects.map(({ brand, user_id, page_url, ...rest }) => {
            const kept = Object.entries(rest).filter(([, value]) => value !== null);
            const fields = Object.entries({ brand, user_id, page_url }).filter(
              ([, value]) => value !== undefined && value !== '',
            );
            return {
              event_time: '1569888000000000',
              event_type: 'view',
              ...Object.fromEntries(fields),
              ...(kept.length === 0 ? {} : { properties: JSON.stringify(Object.fromEntries(kept)) }),
            };
          });
          expect(
            rows.map((row) => ({
              ...row,
              ...(row['properties'] === undefined ? {} : { properties: JSON.stringify(JSON.parse(row['properties'])) }),
            })),
          ).toEqual(expected);
        },
      ),
    );
  });

  test('numbers of any size stay as they were written', () => {
    const line =
      '{"event_time":1569888000123,"event_type":"view","category_id":2103807459595387724,"user_id":9223372036854775808,"order_id":1.10,"big":12345678901234567890.5}';
    expect(parse(line).rows).toEqual([
      {
        event_time: '1569888000123000',
        event_type: 'view',
        category_id: '2103807459595387724',
        user_id: '9223372036854775808',
        order_id: '1.10',
        properties: '{"big":12345678901234567890.5}',
      },
    ]);
  });

  test('the last of equal keys wins, and names of the prototype are only names', () => {
    const line = `{"event_time":"2019-10-01","event_type":"view","brand":"a","brand":"b","x":1,"x":2,"__proto__":{"a":1},"constructor":2,"price":1,"price":null}`;
    const [row] = parse(line).rows;
    expect(row).toEqual({
      event_time: '1569888000000000',
      event_type: 'view',
      brand: 'b',
      properties: '{"x":2,"__proto__":{"a":1},"constructor":2}',
    });
  });

  test('given properties and keys without a name are joined', () => {
    const line = JSON.stringify({ ...BASE, properties: { a: 1 }, b: [1, { c: null }] });
    expect(parse(line).rows[0]?.['properties']).toBe('{"a":1,"b":[1,{"c":null}]}');
  });

  test('amount is price times quantity, exactly, where none is given', () => {
    const lines = [
      { ...BASE, price: 79.99, quantity: 3 },
      { ...BASE, price: '0.0001', quantity: 999_999 },
      { ...BASE, price: 5 },
      { ...BASE, price: 79.99, quantity: 3, amount: 79.99 * 3 },
      { ...BASE, quantity: 3 },
    ];
    const { rows } = parse(lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(rows.map(({ amount }) => amount)).toEqual(['2399700', '999999', '50000', '2399700', undefined]);
  });

  test('a line that breaks off without a line end is cut; a whole one is taken', () => {
    const whole = JSON.stringify(BASE);
    expect(parse(`${whole}\n${whole}`).rows.length).toBe(2);
    const cut = parse(`${whole}\n${whole.slice(0, -5)}`);
    expect([cut.rows.length, cut.rejected.map(({ code }) => code), cut.next]).toEqual([
      1,
      ['event.truncated'],
      whole.length + 1,
    ]);
  });
});
