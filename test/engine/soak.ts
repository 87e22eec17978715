import { onTestFinished } from 'vitest';

/** How many times more runs than usual: FOOTFALL_SOAK=50 for a long night. */
export const SOAK = Math.max(1, Number(process.env['FOOTFALL_SOAK'] ?? 1));

/** Runs and seed of a property; the seed is new each time, and said when the test fails. FOOTFALL_SEED repeats one. */
export function runs(usual: number): { numRuns: number; seed: number; endOnFailure: boolean } {
  const given = process.env['FOOTFALL_SEED'];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`\nrepeat with FOOTFALL_SEED=${seed}\n`);
  });
  return { numRuns: usual * SOAK, seed, endOnFailure: false };
}
