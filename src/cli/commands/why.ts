import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Receipt, ReceiptOutcome } from '../../engine/receipt.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { type Cell, cellText, recordLines } from '../output/table.ts';
import { padEnd } from '../output/width.ts';
import { wholeNumber } from '../parse-option.ts';

interface Options {
  readonly limit: number;
}

export const whyCommand = (): Command =>
  withSettings(
    examples(
      new Command('why')
        .description('the events behind a row, and what the row said before')
        .argument('<view>')
        .argument('<column=value...>', 'values that tell the row; null for none')
        .option('--limit <n>', 'list at most so many events', wholeNumber, 20)
        .action(action<Options>(run)),
      'why brand_activity brand=samsung window_start=2019-10-01T00:00:00Z',
      'why user_session_analytics user_session=26dd6e6e-4dac-4778-8d2c-92e149dab885 --json',
    ),
  );

async function run(
  { shop, json, terminal }: Invocation,
  [view = '', ...keys]: readonly string[],
  { limit }: Options,
): Promise<number> {
  const outcome = await perform(shop, 'why', { view, key: keyOf(keys), limit });
  if (json) await terminal.out(`${JSON.stringify(outcome, null, 2)}\n`);
  else await terminal.out(`${outcomeLines(outcome, view, (text) => terminal.paint('bold', text)).join('\n')}\n`);
  return outcome.found === 'one' ? EXIT.ok.code : EXIT.failed.code;
}

function keyOf(keys: readonly string[]): Record<string, string> {
  const wrong = keys.find((key) => !/^[^=]+=/.test(key));
  if (wrong !== undefined)
    throw new FootfallError('cli.usage', { reason: `${wrong} is not of the form column=value`, command: 'why' });
  // A value may hold commas: each argument is one pair.
  return Object.fromEntries(keys.map((key) => [key.slice(0, key.indexOf('=')), key.slice(key.indexOf('=') + 1)]));
}

function outcomeLines(outcome: ReceiptOutcome, view: string, heading: (text: string) => string): string[] {
  switch (outcome.found) {
    case 'none':
      return [`no row of ${view} has these values`];
    case 'many':
      return [
        `several rows of ${view} have these values; add more columns. The first of them:`,
        ...recordLines(outcome.rows, heading),
      ];
    case 'one':
      return receiptLines(outcome.receipt, heading);
  }
}

function receiptLines({ view, row, sealed, events, history }: Receipt, heading: (text: string) => string): string[] {
  const names = Object.keys(row);
  const width = Math.max(...names.map((name) => name.length));
  const shown = events.sample.map((event) =>
    Object.fromEntries(Object.entries(event).filter(([name]) => events.sample.some((each) => each[name] !== null))),
  );
  return [
    heading(view),
    ...names.map((name) => `  ${padEnd(name, width)}  ${cellText(row[name] as Cell)}`),
    ...(sealed ? ['  sealed: nothing of its time changes any more'] : []),
    '',
    heading(
      `made from ${grouped(events.count)} event${events.count === 1 ? '' : 's'}${events.count > shown.length ? `, the first ${shown.length}` : ''}`,
    ),
    ...recordLines(shown, (text) => text).map((line) => `  ${line}`),
    ...(history.length === 0
      ? []
      : [
          '',
          heading(`said before, ${history.length} times`),
          ...recordLines(history, (text) => text).map((line) => `  ${line}`),
        ]),
  ];
}
