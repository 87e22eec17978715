import { expect, test } from 'vitest';
import { createShop } from './live-shop.ts';

const START = Date.UTC(2024, 4, 6, 12);
const MINUTE = 60_000;
const parse = (bytes: Uint8Array): { event_id: string; event_time: string }[] =>
  Buffer.from(bytes)
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('event times follow the clock that is given', () => {
  const shop = createShop({ rate: 20, seed: 3, start: START });
  const first = parse(shop.takeUntil(START + MINUTE, 10_000));
  const second = parse(shop.takeUntil(START + 2 * MINUTE, 10_000));
  expect(first.length).toBeGreaterThan(600);
  expect(second.length).toBeGreaterThan(600);
  for (const [events, from] of [
    [first, START],
    [second, START + MINUTE],
  ] as const)
    for (const { event_time } of events) {
      expect(Date.parse(event_time)).toBeGreaterThanOrEqual(from - 1000);
      expect(Date.parse(event_time)).toBeLessThanOrEqual(from + MINUTE);
    }
  expect(parse(shop.takeUntil(START, 100))).toEqual([]);
  expect(shop.clock).toBeLessThanOrEqual(START + 2 * MINUTE);
});

test('what does not fit comes with the next call, and nothing twice', () => {
  const shop = createShop({ rate: 20, seed: 3, start: START });
  const whole = createShop({ rate: 20, seed: 3, start: START });
  const parts = [
    ...parse(shop.takeUntil(START + MINUTE, 100)),
    ...parse(shop.take(50)),
    ...parse(shop.takeUntil(START + MINUTE, 10_000)),
  ];
  expect(parts.slice(0, 150).length).toBe(150);
  const all = parse(whole.takeUntil(START + MINUTE, 10_000));
  expect(parts.map(({ event_id }) => event_id)).toEqual(all.map(({ event_id }) => event_id));
});

test('the truth about what was taken is told at the end', () => {
  const shop = createShop({ rate: 100, seed: 9, start: START, duplicates: 0.05 });
  const ids = new Set<string>();
  for (let taken = 0; taken < 10; taken++) for (const { event_id } of parse(shop.take(500))) ids.add(event_id);
  const { totals, planted } = shop.close();
  expect(shop.rows).toBe(5000);
  expect(totals.events).toBe(ids.size);
  expect(totals.events + planted.duplicates.count).toBe(5000);
});

test('a rate that cannot be is refused', () => {
  expect(() => createShop({ rate: 0 })).toThrowError(expect.objectContaining({ code: 'generate.option' }));
  expect(() => createShop({ rate: 1 }).take(-1)).toThrowError(expect.objectContaining({ code: 'generate.option' }));
});
