import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MoneyReader, NOT_A_NUMBER, OUT_OF_RANGE, parseMoneyText, TOO_PRECISE } from './parse-money.ts';
import { BAD_TIME_FORMAT, BAD_TIME_RANGE, parseTimeText, TimeReader } from './parse-time.ts';

const bytesOf = (text: string) => {
  const bytes = new Uint8Array(text.length + 64);
  bytes.set(new TextEncoder().encode(text));
  return { bytes, view: new DataView(bytes.buffer) };
};

describe('time', () => {
  const AT = 1_569_888_000_000_000;
  test.each([
    ['2019-10-01 00:00:00 UTC', AT],
    ['2019-10-01T00:00:00Z', AT],
    ['2019-10-01T00:00:00', AT],
    ['2019-10-01 02:00:00+02:00', AT],
    ['2019-10-01 02:00:00+02', AT],
    ['2019-09-30T19:00:00-0500', AT],
    ['2019-10-01 00:00:00.000001 UTC', AT + 1],
    ['2019-10-01T00:00:00.5Z', AT + 500_000],
    ['2019-10-01T00:00:00.123456789Z', AT + 123_456],
    ['2019-10-01', AT],
    ['2019-10-01T00:00Z', AT],
    ['1569888000', AT],
    ['1569888000.25', AT + 250_000],
    ['1569888000000', AT],
    ['1569888000000000', AT],
    ['1569888000000000000', AT],
    ['2020-02-29 00:00:00 UTC', 1_582_934_400_000_000],
    ['2019-02-29 00:00:00 UTC', BAD_TIME_FORMAT],
    ['2019-13-01 00:00:00 UTC', BAD_TIME_FORMAT],
    ['2019-10-01 24:00:00 UTC', BAD_TIME_FORMAT],
    ['2019-10-01 00:60:00 UTC', BAD_TIME_FORMAT],
    ['2019-10-01 00:00:60 UTC', BAD_TIME_FORMAT],
    ['2019-10-01 00:00:00 CET', BAD_TIME_FORMAT],
    ['yesterday', BAD_TIME_FORMAT],
    ['1989-12-31 23:59:59 UTC', BAD_TIME_RANGE],
    ['1990-01-01 00:00:00 UTC', 631_152_000_000_000],
    ['2200-01-01 00:00:00 UTC', BAD_TIME_RANGE],
    ['123456789', BAD_TIME_RANGE],
  ])('%s', (text, expected) => {
    expect(parseTimeText(text)).toBe(expected);
    const { bytes, view } = bytesOf(text);
    const reader = new TimeReader();
    const fast = reader.read(bytes, view, 0);
    // The fast way may give up, but never says anything else.
    if (fast >= 0 && reader.end === text.length) expect(fast).toBe(expected);
  });

  test('every instant is read alike by the fast way, and as Date reads it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        fc.constantFrom('T', ' '),
        fc.constantFrom('Z', ' UTC'),
        (date, separator, zone) => {
          const text = date.toISOString().replace('T', separator).replace('Z', zone);
          const { bytes, view } = bytesOf(text);
          const reader = new TimeReader();
          expect(reader.read(bytes, view, 0)).toBe(date.getTime() * 1000);
          expect(reader.end).toBe(text.length);
          expect(parseTimeText(text)).toBe(date.getTime() * 1000);
        },
      ),
    );
  });
});

describe('money', () => {
  test.each([
    ['33.20', false, 332_000],
    ['0', false, 0],
    ['-0', false, 0],
    ['.5', false, 5_000],
    ['5.', false, 50_000],
    ['1.00000', false, 10_000],
    ['-12.5', false, -125_000],
    ['1e2', false, 1_000_000],
    ['999999999.9999', false, 9_999_999_999_999],
    ['1000000000', false, OUT_OF_RANGE],
    ['1e400', true, OUT_OF_RANGE],
    ['1.23456', false, TOO_PRECISE],
    ['239.96999999999997', false, TOO_PRECISE],
    ['239.96999999999997', true, 2_399_700],
    ['1.23456', true, TOO_PRECISE],
    ['NaN', false, NOT_A_NUMBER],
    ['Infinity', false, NOT_A_NUMBER],
    ['12,50', false, NOT_A_NUMBER],
    ['', false, NOT_A_NUMBER],
  ])('%s (loose %s)', (text, loose, units) => {
    expect(parseMoneyText(text, loose)).toBe(units);
  });

  test('exact for every amount, by both ways', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999_999 }), fc.nat(4), (units, decimals) => {
        const kept = Math.floor(units / 10 ** (4 - decimals)) * 10 ** (4 - decimals);
        const padded = String(kept).padStart(5, '0');
        const text = `${padded.slice(0, -4)}${decimals > 0 ? `.${padded.slice(-4, decimals - 4 || undefined)}` : ''}`;
        expect(parseMoneyText(text, false)).toBe(kept);
        const reader = new MoneyReader();
        expect([reader.read(bytesOf(text).bytes, 0), reader.end]).toEqual([kept, text.length]);
      }),
    );
  });

  test('a product of doubles is what it stands for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 20 }), (cents, quantity) => {
        expect(parseMoneyText(String((cents / 100) * quantity), true)).toBe(cents * quantity * 100);
      }),
    );
  });
});
