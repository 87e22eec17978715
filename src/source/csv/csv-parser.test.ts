import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBytes } from '../parse-bytes.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import { CsvParser } from './csv-parser.ts';

const COLUMNS = ['event_time', 'event_type', 'product_id', 'brand', 'user_id', 'page_url', 'note'];
const MAPPING: Mapping = {
  shape: 'canonical',
  label: 'canonical',
  fields: Object.fromEntries(COLUMNS.slice(0, 6).map((name) => [name, [name as 'brand']])),
  types: { cart: 'cart_add' },
  type: null,
};
const REES46 = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];
const FAST: Mapping = {
  ...MAPPING,
  fields: {
    ...Object.fromEntries(REES46.slice(0, 8).map((name) => [name, [name as 'brand']])),
    user_session: ['session_id'],
  },
};
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const quote = (cell: string, always: boolean): string =>
  always || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

const cellText = fc
  .array(fc.constantFrom('a', 'b', '"', ',', '\r', '\n', ' ', 'é', '😀'), { maxLength: 6 })
  .map((parts) => parts.join(''));
const record = fc.record({
  brand: cellText,
  product_id: cellText,
  user_id: fc.oneof(cellText, fc.nat().map(String)),
  page_url: cellText,
  note: cellText,
  quoted: fc.boolean(),
});

describe('CSV', () => {
  test('random cells with quotes and line ends come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 90 }),
        (rows, eol, closed, blockBytes) => {
          const lines = rows.map((r) =>
            ['2019-10-01 00:00:00 UTC', 'cart', r.product_id, r.brand, r.user_id, r.page_url, r.note]
              .map((cell) => quote(cell, r.quoted))
              .join(','),
          );
          const text = lines.join(eol) + (closed && lines.length > 0 ? eol : '');
          const expected = rows.map((r) => ({
            event_time: '1569888000000000',
            event_type: 'cart_add',
            ...Object.fromEntries(
              Object.entries(r).filter(([name, value]) => name !== 'quoted' && name !== 'note' && value !== ''),
            ),
            ...(r.note === '' ? {} : { properties: JSON.stringify({ note: r.note }) }),
          }));
          const parsed = parseBytes(new CsvParser(MAPPING, COLUMNS), encode(text), { blockBytes, batchRows: 3 });
          expect(parsed.rejected).toEqual([]);
          expect(parsed.rows).toEqual(expected);
          expect(parsed.next).toBe(encode(text).length);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('any bytes at all: the same rows and refusals for every way of cutting, and from every row start', () => {
    const cell = fc.constantFrom(
      '2019-10-01 00:00:00 UTC',
      'view',
      'cart',
      '1.50',
      '12',
      '',
      '"',
      'a"b',
      '"a',
      '"x,y"',
      '"a""b"',
      'aqua',
      '72d76fde-8bb3-4e00-8c23-a032dfed738c',
    );
    const good = fc
      .tuple(
        fc.constantFrom('view', 'purchase'),
        fc.constantFrom('1', '2', '3'),
        fc.constantFrom('', 'aqua', 'lg'),
        fc.constantFrom('1', '2.50', '-1'),
        fc.nat(3),
      )
      .map(
        ([type, product, brand, price, user]) =>
          `2019-10-01 00:00:0${user} UTC,${type},${product},${product}7,${brand},${brand},${price},${user},72d76fde-8bb3-4e00-8c23-a032dfed738c`,
      );
    const bad = fc.array(cell, { minLength: 1, maxLength: 10 }).map((cells) => cells.join(','));
    const lines = fc.array(
      fc.tuple(fc.oneof({ weight: 3, arbitrary: good }, bad), fc.constantFrom('\n', '\r\n', '\n\n', '\r')),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 5 }),
        (parts, blockBytes, batchRows) => {
          const content = encode(parts.flat().join(''));
          const whole = parseBytes(new CsvParser(FAST, REES46), content);
          const cut = parseBytes(new CsvParser(FAST, REES46), content, { blockBytes, batchRows });
          expect({ ...cut, batches: [] }).toEqual({ ...whole, batches: [] });
          const at = whole.positions[Math.floor(whole.positions.length / 2)];
          if (at === undefined) return;
          const rest = parseBytes(new CsvParser(FAST, REES46), content, { start: at });
          expect(rest.rows).toEqual(whole.rows.filter((_, i) => (whole.positions[i] as number) >= at));
          expect(rest.rejected).toEqual(whole.rejected.filter(({ position }) => position >= at));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('the fast way says what the careful way says', () => {
    const number = fc.oneof(
      fc.constantFrom('1', '0', '007', '-1', '1.23456', '999999999.9999', '1000000000', '1e3', 'x', ''),
      fc.double({ min: 0, max: 1000, noNaN: true }).map((n) => n.toFixed(2)),
    );
    const id = fc.oneof(
      fc.uuid(),
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
      fc.constantFrom('', 'u-1', '00'),
    );
    const time = fc.constantFrom(
      '2019-10-01 00:00:00 UTC',
      '2019-10-01T00:00:00.25Z',
      '2019-02-30 00:00:00 UTC',
      '2019-10-01',
      '',
      '2500-01-01 00:00:00 UTC',
    );
    const word = fc.constantFrom('', 'a', 'bcd', 'efgh', 'long.category.name.with.parts', 'é');
    const line = fc.tuple(time, fc.constantFrom('view', 'cart', ''), word, word, word, word, number, id, id);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const plain = encode(lines.map((cells) => `${cells.join(',')}\n`).join(''));
        const quoted = encode(lines.map((cells) => `${cells.map((cell) => `"${cell}"`).join(',')}\n`).join(''));
        const fast = parseBytes(new CsvParser(FAST, REES46), plain);
        const careful = parseBytes(new CsvParser(FAST, REES46), quoted);
        expect(fast.rows).toEqual(careful.rows);
        expect(fast.rejected.map(({ code, pointer, message }) => ({ code, pointer, message }))).toEqual(
          careful.rejected.map(({ code, pointer, message }) => ({ code, pointer, message })),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('a quote that never closes costs its own line only', () => {
    const good = '2019-10-01 00:00:00 UTC,view,1,2,a,b,1.00,5,s\n';
    const { rows, rejected } = parseBytes(
      new CsvParser(FAST, REES46),
      encode(`${good}2019-10-01 00:00:00 UTC,view,"1,2,a,b,1.00,5,s\n${good}${good}`),
    );
    expect(rows.length).toBe(3);
    expect(rejected.map(({ code }) => code)).toEqual(['event.quote']);
  });

  test('a cut last row is refused, and read again when the file has grown', () => {
    const good = '2019-10-01 00:00:00 UTC,view,1,2,a,b,1.00,5,s\n';
    const cut = encode(`${good}2019-10-01 00:00:00 UTC,view,1,2`);
    const first = parseBytes(new CsvParser(FAST, REES46), cut);
    expect(first.rejected.map(({ code, position }) => [code, position])).toEqual([['event.truncated', good.length]]);
    expect(first.next).toBe(good.length);
    const grown = parseBytes(new CsvParser(FAST, REES46), encode(good + good), { start: first.next });
    expect([grown.rows.length, grown.rejected.length, grown.positions[0]]).toEqual([1, 0, good.length]);
  });
});
