import { Command } from 'commander';
import { EXIT } from '../core/errors/exit-code.ts';
import type { Millis } from '../core/time.ts';
import { failureOf } from './failure.ts';

/** What is told if it takes too long. */
export interface Ending {
  /** What made an end necessary; undefined where it was asked for. */
  readonly failed: { readonly with: unknown } | undefined;
  readonly json: boolean;
  readonly say: (line: string) => void;
}

/**
 * Ends what was begun. What does not end in time is cut off with the process, which tells what made the end necessary: all
 * that anybody was told of is on disk.
 * @throws what the end itself fails with, unless something failed before
 */
export async function endInTime(begun: AsyncDisposableStack, patience: Millis, ending: Ending): Promise<void> {
  const { failed, json, say } = ending;
  const late = setTimeout(() => {
    say(
      `it has not ended after ${patience / 1000} s: what is still under way is cut off, and done again at the next start`,
    );
    if (failed === undefined) process.exit(EXIT.ok.code);
    const { text, exitCode } = failureOf(failed.with, new Command(), [], json);
    if (text !== null) process.stderr.write(`${text}\n`);
    process.exit(exitCode);
  }, patience);
  try {
    await begun.disposeAsync();
  } catch (error) {
    // What failed first is why.
    if (failed === undefined) throw error;
  } finally {
    clearTimeout(late);
  }
}
