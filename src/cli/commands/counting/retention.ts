import { Command } from 'commander';
import type { Interval } from '../../../runtime/operations/counting/periods.ts';
import { perform } from '../../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../../invocation.ts';
import { percent } from '../../output/bar.ts';
import { grouped } from '../../output/quantity.ts';
import { type Cell, tableLines } from '../../output/table.ts';
import { pickOf, type ScopeOptions, scopeOf, withScope } from './journey-options.ts';
import { withPeriods } from './period-options.ts';

interface Options extends ScopeOptions {
  readonly interval: Interval;
  readonly zone?: string;
  readonly first: string;
  readonly back: string;
}

export const retentionCommand = (): Command =>
  withSettings(
    examples(
      withPeriods(
        withScope(
          new Command('retention')
            .description('of the people first seen in a period, how many came back in the periods after it')
            .option('--first <events>', 'what makes a person seen first: an event type, * for any', '*')
            .option('--back <events>', 'what counts as coming back', '*'),
        ),
      ).action(action<Options>(run)),
      'retention --interval week',
      'retention --first purchase --back purchase --interval month --zone America/New_York',
      'retention --from 2019-10-01 --to 2019-11-01 --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation, _: readonly string[], options: Options): Promise<void> {
  const { interval, zone, first, back } = options;
  const report = await perform(shop, 'retention', {
    ...scopeOf(options),
    first: pickOf(first),
    back: pickOf(back),
    interval,
    ...(zone === undefined ? {} : { zone }),
  });
  if (json) return terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  const columns = [
    { name: 'first seen (UTC)', numeric: false },
    ...['persons', ...report.cohorts.map((_each, i) => `+${i}`)].map((name) => ({ name, numeric: true })),
  ];
  const rows = report.cohorts.map(({ start, persons, back: returned }): readonly Cell[] => [
    start,
    grouped(persons),
    ...returned.map((each) => percent(persons === 0 ? null : each / persons)),
  ]);
  return terminal.out(`${tableLines(columns, rows, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
