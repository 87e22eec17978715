import { Command } from 'commander';
import type { TouchOf, TrendCount } from '../../../journey/question.ts';
import type { Interval } from '../../../runtime/operations/counting/periods.ts';
import type { TrendReport } from '../../../runtime/operations/counting/trend.ts';
import { perform } from '../../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../../invocation.ts';
import { bar } from '../../output/bar.ts';
import { grouped } from '../../output/quantity.ts';
import { type Cell, tableLines } from '../../output/table.ts';
import { pickOf, type ScopeOptions, scopeOf, touchOf, withScope } from './journey-options.ts';
import { withPeriods } from './period-options.ts';

interface Options extends ScopeOptions {
  readonly interval: Interval;
  readonly zone?: string;
  readonly breakdown?: TouchOf;
}

export const trendCommand = (): Command =>
  withSettings(
    examples(
      withPeriods(
        withScope(
          new Command('trend')
            .description('people, sessions, events and revenue by hour, day, week or month')
            .argument('[events]', 'an event type, * for any; view:brand=acme,category=shoes for some of them', '*')
            .option(
              '--breakdown <touch>',
              'by channel, utm_source, device or country; last_channel for the last',
              touchOf,
            ),
        ),
      ).action(action<Options>(run)),
      'trend purchase',
      'trend view:category=Smartphones --interval hour --zone Europe/Berlin',
      'trend view --breakdown country --interval week --json',
    ),
  );

async function run(
  { shop, json, terminal }: Invocation,
  [events = '*']: readonly string[],
  options: Options,
): Promise<void> {
  const { interval, zone, breakdown } = options;
  const report = await perform(shop, 'trend', {
    ...scopeOf(options),
    of: pickOf(events),
    interval,
    ...(zone === undefined ? {} : { zone }),
    ...(breakdown === undefined ? {} : { breakdown }),
  });
  if (json) return terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  const bold = (text: string) => terminal.paint('bold', text);
  const width = Math.max(10, Math.min(40, terminal.columns - 80));
  const parts = [
    ...linesOf(report, width, bold),
    ...report.groups.flatMap(({ value, ...series }) => ['', bold(value ?? 'none'), ...linesOf(series, width, bold)]),
  ];
  return terminal.out(`${parts.join('\n')}\n`);
}

function linesOf(
  { total, points }: Pick<TrendReport, 'total' | 'points'>,
  width: number,
  bold: (text: string) => string,
): readonly string[] {
  const most = Math.max(1, ...points.map(({ persons }) => persons));
  const columns = [
    { name: 'from (UTC)', numeric: false },
    ...['persons', 'sessions', 'events', 'revenue'].map((name) => ({ name, numeric: true })),
    { name: '', numeric: false },
  ];
  const cells = (name: string, { persons, sessions, events, revenue }: TrendCount, drawn: string): readonly Cell[] => [
    name,
    grouped(persons),
    grouped(sessions),
    grouped(events),
    revenue,
    drawn,
  ];
  return tableLines(
    columns,
    [...points.map((point) => cells(point.start, point, bar(point.persons / most, width))), cells('all', total, '')],
    bold,
  );
}
