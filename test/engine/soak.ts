import fc from 'fast-check';
import type { Script } from './script.ts';
import { failureOf, shrinkScript } from './shrink.ts';

/** How many times more runs than usual: FOOTFALL_SOAK=50 for a long night. */
export const SOAK = Math.max(1, Number(process.env['FOOTFALL_SOAK'] ?? 1));

/** New each time; FOOTFALL_SEED repeats one. */
export const SEED = Number(process.env['FOOTFALL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const SHRINKING_SECONDS = 60;

/**
 * Performs scripts, new ones each time.
 *
 * @throws Error with the seed and the smallest script that fails, to be kept in regressions.ts
 */
export async function performAll(scripts: fc.Arbitrary<Script>, usual: number): Promise<void> {
  for (const script of fc.sample(scripts, { seed: SEED, numRuns: usual * SOAK })) {
    if ((await failureOf(script)).length === 0) continue;
    const smallest = await shrinkScript(script, SHRINKING_SECONDS);
    throw new Error(`FOOTFALL_SEED=${SEED}\n${smallest.found.join('\n')}\n${JSON.stringify(smallest.script)}`);
  }
}
