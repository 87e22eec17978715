import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFact } from './fact-line.ts';
import type { DimensionFact, Fact } from './fact-log.ts';
import { scanFacts } from './scan-facts.ts';

const facts = (): fc.Arbitrary<Fact> =>
  fc.record<DimensionFact>({
    kind: fc.constant('dimension' as const),
    dimension: fc.constantFrom<DimensionFact['dimension'][]>('product', 'user', 'rates', 'stock'),
    file: fc.stringMatching(/^[0-9a-f]{32}\.csv$/),
    validFrom: fc.option(fc.nat()),
    recorded: fc.nat(),
  });

const firstFormat = (text: string): string =>
  `${createHash('sha256').update(text).digest('hex').slice(0, 16)} ${text}\n`;
/** A log: the first two lines as an older Footfall wrote them. */
const logOf = (all: readonly Fact[]): Buffer =>
  Buffer.concat([
    ...all.slice(0, 2).map((fact) => Buffer.from(firstFormat(JSON.stringify(fact)))),
    ...all.slice(2).flatMap((fact, i) => [encodeFact(fact, i + 3), Buffer.from('\n')]),
  ]);
const NEWLINE = 0x0a;

test('every single flipped bit is found, in the line where it is, though nobody knows how many facts there were', () => {
  fc.assert(
    fc.property(fc.array(facts(), { minLength: 4, maxLength: 4 }), (all) => {
      const bytes = logOf(all);
      expect(scanFacts(bytes, 0)).toMatchObject({ found: 'facts', facts: all, ended: true });
      const wrong: number[] = [];
      let line = 1;
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at] ?? 0;
        for (let bit = 0; bit < 8; bit += 1) {
          bytes[at] = byte ^ (1 << bit);
          const scan = scanFacts(bytes, 0);
          if (scan.found !== 'lost' || scan.number !== line) wrong.push(at * 8 + bit);
        }
        bytes[at] = byte;
        if (byte === NEWLINE) line += 1;
      }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 5 },
  );
});

test('cut anywhere, a log holds its whole lines, and is refused when more of them acted', () => {
  fc.assert(
    fc.property(fc.array(facts(), { minLength: 1, maxLength: 5 }), fc.nat(), (all, share) => {
      const bytes = logOf(all);
      const cut = bytes.subarray(0, share % (bytes.length + 1));
      const whole = cut.filter((byte) => byte === NEWLINE).length + (bytes[cut.length] === NEWLINE ? 1 : 0);
      expect(scanFacts(cut, 0)).toMatchObject({ found: 'facts', facts: all.slice(0, whole) });
      expect(scanFacts(cut, whole)).toMatchObject({ found: 'facts', facts: all.slice(0, whole) });
      expect(scanFacts(cut, whole + 1)).toMatchObject({ found: 'lost', number: whole + 1 });
    }),
  );
});

test('whatever becomes of its bytes, a log of known length is read right or not at all', () => {
  const edits = fc.array(
    fc.record({
      from: fc.nat(1500),
      gone: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(400)),
      // A number stands for a piece of the log itself: lines that are doubled or in another order.
      put: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.nat(1500)),
    }),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.array(facts(), { minLength: 3, maxLength: 6 }), edits, (all, changes) => {
      const whole = logOf(all);
      let bytes = whole;
      for (const { from, gone, put } of changes) {
        const at = from % (bytes.length + 1);
        const begin = typeof put === 'number' ? put % whole.length : 0;
        const piece = typeof put === 'number' ? whole.subarray(begin, begin + 200) : put;
        bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + gone)]);
      }
      const scan = scanFacts(bytes, all.length);
      if (scan.found === 'facts') expect(scan.facts).toEqual(all);
      else expect(['lost', 'newer']).toContain(scan.found);
    }),
    { numRuns: 500 },
  );
});
