import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Wheel } from './wheel.ts';

test('everything comes once and in time order, a turn of the wheel ahead or many', () => {
  const delays = fc.array(fc.oneof(fc.nat(2000), fc.nat(200_000), fc.nat(900_000)), { maxLength: 60 });
  fc.assert(
    fc.property(delays, fc.constantFrom(1, 100, 5000), (waits, rate) => {
      const wheel = new Wheel(1_000_000, rate);
      const due = waits.map((wait, index) => ({ index, time: wheel.add(1_000_000 + wait, index) }));
      const came: { index: number; time: number }[] = [];
      while (wheel.now < 2_000_000) {
        wheel.advance();
        for (let i = 0; i < wheel.dueCount; i++)
          came.push({ index: wheel.due[i] as number, time: wheel.dueTimes[i] as number });
      }
      expect(came.map(({ time }) => time)).toEqual(due.map(({ time }) => time).sort((a, b) => a - b));
      expect(new Set(came.map(({ index }) => index)).size).toBe(waits.length);
      for (const { index, time } of came) expect(due[index]?.time).toBe(time);
    }),
    { numRuns: 20 },
  );
});

test('what is due in the tick that is being taken is moved to the next', () => {
  const wheel = new Wheel(0, 1);
  wheel.advance();
  expect(wheel.add(wheel.now + 1, 7)).toBe(wheel.now + wheel.width);
});
