import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import {
  type Checked,
  checkedBefore,
  coverageOf,
  type History,
  isCatchingUp,
  nextStretch,
  restAfter,
  type Stretch,
  stretchesOf,
} from './self-verify.ts';

const DAY = days(1);
const history = (more: Partial<History> = {}): History => ({
  view: 'a',
  from: 10 * DAY + 5,
  until: 13 * DAY,
  dated: true,
  since: 0,
  ...more,
});
const found = (stretch: Stretch, at: number, more: Partial<Checked> = {}): Checked => ({
  ...stretch,
  at,
  epoch: 1,
  rows: 1,
  differences: 0,
  differed: null,
  ...more,
});
const none = checkedBefore([], []);

test('stretches are days that cover history without overlap; what has no time is one', () => {
  expect(stretchesOf(history()).map(({ start, end }) => [start, end])).toEqual([
    [12 * DAY, 13 * DAY],
    [11 * DAY, 12 * DAY],
    [10 * DAY, 11 * DAY],
  ]);
  expect(stretchesOf(history({ dated: false }))).toEqual([{ view: 'a', start: null, end: null }]);
  expect([stretchesOf(history({ until: 10 * DAY })), stretchesOf(history({ until: 0, dated: false }))]).toEqual([
    [],
    [],
  ]);
  fc.assert(
    fc.property(fc.integer({ min: -1e16, max: 1e16 }), fc.integer({ min: 1, max: 1e14 }), (from, length) => {
      const stretches = stretchesOf(history({ from, until: from + length })).toReversed();
      expect(stretches[0]?.start).toBeLessThanOrEqual(from);
      expect(stretches.at(-1)?.end).toBeGreaterThanOrEqual(from + length);
      for (const [i, each] of stretches.entries()) if (i > 0) expect(each.start).toBe(stretches[i - 1]?.end);
    }),
  );
});

test('the one verified longest ago is next, first those that never were, the newest of them before', () => {
  const histories = [history(), history({ view: 'b', from: 14 * DAY, until: 15 * DAY })];
  const order: string[] = [];
  const known: Checked[] = [];
  for (let now = 1; now <= 6; now++) {
    const next = nextStretch(histories, checkedBefore(histories, known), Number.POSITIVE_INFINITY);
    if (next === null) throw new Error('none');
    order.push(`${next.view} ${(next.start ?? 0) / DAY}`);
    const { view, start } = next;
    known.splice(0, known.length, ...known.filter((each) => each.view !== view || each.start !== start));
    known.push(found(next, now));
  }
  expect(order).toEqual(['b 14', 'a 12', 'a 11', 'a 10', 'b 14', 'a 12']);
  expect(nextStretch(histories, checkedBefore(histories, known), 3)).toBeNull();
});

test('what was verified of another definition does not count', () => {
  const histories = [history({ from: 0, until: DAY, since: 5 })];
  const [stretch] = histories.flatMap(stretchesOf);
  if (stretch === undefined) throw new Error('none');
  const known = (epoch: number) => checkedBefore(histories, [found(stretch, 100, { epoch })]);
  expect(nextStretch(histories, known(4), 50)).toEqual(stretch);
  expect(nextStretch(histories, known(5), 50)).toBeNull();
});

test('coverage says how much was verified since, what differs, and when anything last did', () => {
  const [newest, middle, oldest] = stretchesOf(history());
  if (newest === undefined || middle === undefined || oldest === undefined) throw new Error('none');
  expect(coverageOf(history(), none, 0)).toMatchObject({ stretches: 3, verified: 0, oldest: null, differed: null });
  const checked = checkedBefore(
    [history()],
    [found(newest, 70, { differences: 2, differed: 70 }), found(middle, 60, { differed: 80 }), found(oldest, 20)],
  );
  const coverage = coverageOf(history(), checked, 60);
  expect(coverage).toMatchObject({ stretches: 3, verified: 2, oldest: 20, differed: 80 });
  expect(coverage.differing.map(({ start }) => start)).toEqual([newest.start]);
});

test('a twentieth of the time is taken, and none while intake has its hands full', () => {
  expect(restAfter(100) / (restAfter(100) + 100)).toBeCloseTo(0.95);
  expect([isCatchingUp(600, 1000), isCatchingUp(950, 1000)]).toEqual([false, true]);
});
