import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, formatInstant } from '../../core/time.ts';
import { calendarWindow, localMicros } from './calendar.ts';
import { convert, parseRate, rateAt, startOfDay } from './conversion.ts';

describe('a rate', () => {
  test.each<[string, bigint]>([
    ['1', 10_000_000_000n],
    ['1.1', 11_000_000_000n],
    ['0.0000000001', 1n],
    ['9999999.9999999999', 99_999_999_999_999_999n],
  ])('%s', (text, rate) => expect(parseRate(text)).toBe(rate));

  test.each(['', '0', '0.0', '-1', '+1', '1.', '.5', '1e3', '10000000', '1.12345678901', '1,1', ' 1', 'NaN'])(
    '%j is none',
    (text) => expect(parseRate(text)).toBeNull(),
  );
});

const rateOf = (text: string): bigint => parseRate(text) ?? 0n;

test.each<[bigint, string, bigint | null]>([
  [5n, '0.5', 2n],
  [7n, '0.5', 4n],
  [-5n, '0.5', -2n],
  [-7n, '0.5', -4n],
  [3n, '0.5000000001', 2n],
  [1n, '0.5000000001', 1n],
  [1n, '0.4999999999', 0n],
  [332_000n, '1.1', 365_200n],
  [9_999_999_999_999n, '1', 9_999_999_999_999n],
  [5_000_000_000_000n, '2', null],
  [-5_000_000_000_000n, '2', null],
])('%i units at %s are %s', (units, rate, expected) => expect(convert(units, rateOf(rate))).toBe(expected));

test('what is converted is nearest, and even where two are equally near', () => {
  const units = fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n });
  fc.assert(
    fc.property(units, fc.bigInt({ min: 1n, max: 10n ** 12n }), (money, rate) => {
      const converted = convert(money, rate);
      if (converted === null) return;
      const away = 2n * (converted * 10n ** 10n - money * rate);
      expect(away <= 10n ** 10n && away >= -(10n ** 10n)).toBe(true);
      if (away === 10n ** 10n || away === -(10n ** 10n)) expect(converted % 2n).toBe(0n);
    }),
  );
});

test('the newest rate that is not after the time holds, and none before the first', () => {
  const version = fc.record({ from: fc.integer({ min: 0, max: 50 }), rate: fc.bigInt({ min: 1n, max: 9n }) });
  const versions = fc
    .uniqueArray(version, { selector: ({ from }) => from })
    .map((each) => each.toSorted((a, b) => a.from - b.from));
  fc.assert(
    fc.property(versions, fc.integer({ min: -1, max: 51 }), (each, at) => {
      expect(rateAt(each, at)).toBe(each.findLast(({ from }) => from <= at)?.rate ?? null);
    }),
  );
});

test.each([
  ['2019-10-27', 'Europe/Berlin', '2019-10-26T22:00:00.000000Z'],
  ['2019-10-27', 'UTC', '2019-10-27T00:00:00.000000Z'],
  ['2019-10-27', 'Pacific/Kiritimati', '2019-10-26T10:00:00.000000Z'],
  ['2019-10-27', 'Pacific/Pago_Pago', '2019-10-27T11:00:00.000000Z'],
  // Midnight does not exist, then a whole day does not.
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000000Z'],
  ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000000Z'],
  // The clock is turned back a minute after the day has begun.
  ['2010-11-07', 'America/St_Johns', '2010-11-07T02:30:00.000000Z'],
])('%s in %s begins at %s', (date, zone, start) => {
  expect(formatInstant(startOfDay(Date.parse(date) * 1000, zone))).toBe(start);
});

test('a day begins where its calendar window does', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  const day = fc.integer({ min: 7305, max: 25_000 }).map((n) => n * days(1));
  fc.assert(
    fc.property(zones, day, (zone, date) => {
      const start = startOfDay(date, zone);
      expect(calendarWindow(start, 'day', zone).start).toBe(start);
      expect(Math.floor(localMicros(start, zone) / days(1)) * days(1)).toBe(date);
    }),
    { numRuns: 60 },
  );
});
