import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FragmentTable } from './fragment-table.ts';
import { RowBuffer } from './row-buffer.ts';
import { TimeText } from './time-text.ts';

const written = (write: (row: RowBuffer) => void): string => {
  const row = new RowBuffer(1000);
  write(row);
  return Buffer.from(row.bytes.subarray(0, row.at)).toString('utf8');
};

test('numbers are written as JavaScript writes them', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => written((row) => row.number(value)) === String(value)));
  for (const value of [0, 9, 10, 99, 100, 999_999_999, 1e9, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_991])
    expect(written((row) => row.number(value))).toBe(String(value));
});

test('cents have two places', () => {
  fc.assert(fc.property(fc.nat(), (value) => written((row) => row.cents(value)) === (value / 100).toFixed(2)));
});

test('eight hex digits', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffffffff),
      (value) => written((row) => row.hex(value)) === value.toString(16).padStart(8, '0'),
    ),
  );
});

test('texts are copied exactly, whatever stands before and after', () => {
  const texts = fc.array(fc.stringMatching(/^[ -~éñ漢€😀]*$/u), { minLength: 1 });
  fc.assert(
    fc.property(texts, (values) => {
      const table = new FragmentTable(values);
      const write = (row: RowBuffer) => {
        for (let index = 0; index < values.length; index++) row.copy(table, index);
      };
      return written(write) === values.join('');
    }),
  );
});

test('times are written in both forms, in any order', () => {
  const time = new TimeText();
  const millis = fc.integer({ min: 0, max: Date.UTC(2189, 0, 1) });
  fc.assert(
    fc.property(millis, (value) => {
      const iso = new Date(value).toISOString();
      return (
        written((row) => time.iso(row, value)) === iso &&
        written((row) => time.rees46(row, value)) === `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
      );
    }),
  );
});
