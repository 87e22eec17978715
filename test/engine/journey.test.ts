import fc from 'fast-check';
import { expect, test } from 'vitest';
import { picks, streams } from '../oracle/arbitrary.ts';
import { type Journey, PLAIN, travel } from './journey.ts';
import { runs } from './soak.ts';

const every = fc.constantFrom(0, 1, 2, 3);
const anyJourney = (changes: Partial<Record<keyof Journey, fc.Arbitrary<never>>> = {}) =>
  fc.record({
    order: picks(),
    copies: picks(),
    cuts: picks(),
    partitions: fc.array(fc.nat(2), { maxLength: 5 }),
    finalize: every,
    read: every,
    reopen: every,
    end: every,
    ...changes,
  });

test('any journey ends where the oracle does, and says the same on the way', { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(streams({ maxEvents: 40 }), anyJourney(), async (stream, journey) => {
      expect(await travel(stream, journey)).toEqual([]);
    }),
    runs(20),
  );
});

test('one batch in order is the plain way', async () => {
  await fc.assert(
    fc.asyncProperty(streams({ maxEvents: 40 }), async (stream) => {
      expect(await travel(stream, PLAIN)).toEqual([]);
    }),
    runs(5),
  );
});
