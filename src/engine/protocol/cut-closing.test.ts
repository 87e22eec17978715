import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutClosing } from './cut-closing.ts';

const counts = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 5 }), events: fc.integer({ min: 1, max: 9 }) }), { maxLength: 20 })
  .map((all) => {
    let start = -3;
    return all.map(({ gap, events }) => {
      start += gap;
      return { start, events };
    });
  });

test('steps follow on from each other, cover the stretch, and hold few events or one count', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 20 }), (hours, most) => {
      const to = Math.max(0, hours.at(-1)?.start ?? 0) + 2;
      const steps = cutClosing(hours, { from: 0, to }, most);
      expect(steps[0]?.from).toBe(0);
      expect(steps.at(-1)?.to).toBe(to);
      steps.forEach((step, i) => {
        expect(step.to).toBeGreaterThan(step.from);
        if (i > 0) expect(step.from).toBe(steps[i - 1]?.to);
        // The first count may begin before the stretch does.
        const held = hours.filter(({ start }) => (i === 0 || start >= step.from) && start < step.to);
        const events = held.reduce((sum, each) => sum + each.events, 0);
        expect(events <= most || held.filter(({ start }) => start > step.from).length === 0 || i === 0).toBe(true);
      });
    }),
  );
});

test('a stretch of few events is one step, and none is no step', () => {
  expect(cutClosing([{ start: 0, events: 3 }], { from: 0, to: 9 }, 3)).toEqual([{ from: 0, to: 9 }]);
  expect(cutClosing([], { from: 5, to: 5 })).toEqual([]);
  expect(
    cutClosing(
      [
        { start: 0, events: 3 },
        { start: 10, events: 3 },
      ],
      { from: 0, to: 20 },
      4,
    ),
  ).toEqual([
    { from: 0, to: 10 },
    { from: 10, to: 20 },
  ]);
});
