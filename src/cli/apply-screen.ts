import { createInterface } from 'node:readline/promises';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import type { ApplyPart, ApplyReport } from '../runtime/operations/plans.ts';
import { bar, percent } from './output/bar.ts';
import { grouped, secondsText } from './output/quantity.ts';
import type { Terminal } from './output/terminal.ts';

const WORDS: Readonly<Record<ApplyPart['stage'], string>> = {
  backfill: 'computing the new rows',
  check: 'comparing them with the events',
  switch: 'changing places',
};
const BAR = 20;

/** Draws how far an application is, with the time that is left as measured so far. */
export function applyMeter(terminal: Terminal, now: () => Millis): (part: ApplyPart) => void {
  const began = now();
  return ({ stage, until, share }) => {
    const seconds = (now() - began) / 1000;
    const left =
      stage === 'backfill' && share > 0 && share < 1 ? `  ${secondsText((seconds / share) * (1 - share))} left` : '';
    const at = until === null ? '' : `  ${until.slice(0, 16)}Z`;
    terminal.redraw(
      stage === 'backfill'
        ? `${WORDS[stage]}  ${bar(share, BAR)} ${percent(share)}${at}${left}`
        : `${WORDS[stage]} ...`,
    );
  };
}

/**
 * Asks whether to go on.
 * @throws FootfallError `cli.usage` where nobody can be asked
 */
export async function confirmed(question: string, command: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new FootfallError('cli.usage', { reason: 'nobody can be asked here: --yes goes on without asking', command });
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

export function reportLines({ changed, views, checked, seconds }: ApplyReport): string[] {
  if (!changed) return ['nothing to apply: everything is in force as it is declared'];
  const equal = checked === 0 ? '' : `; ${grouped(checked)} rows are what the events say`;
  return [
    `${views.length} views are in force as they are declared now (${views.join(', ')})${equal}; ${secondsText(seconds)}`,
    'footfall rollback goes back; footfall rollback --discard gives that up and saves keeping the former rows',
  ];
}
