import { Command, Option } from 'commander';
import { FootfallError } from '../../../core/errors/footfall-error.ts';
import type { FunnelStep, StepOrder, TouchOf, Unit } from '../../../journey/question.ts';
import type { FunnelInput } from '../../../runtime/operations/counting/funnel.ts';
import { perform } from '../../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../../invocation.ts';
import { bar, percent } from '../../output/bar.ts';
import { grouped, secondsText } from '../../output/quantity.ts';
import { type Cell, tableLines } from '../../output/table.ts';
import { micros, pickOf, type ScopeOptions, scopeOf, touchOf, withScope } from './journey-options.ts';

interface Options extends ScopeOptions {
  readonly order: StepOrder;
  readonly by: Unit;
  readonly within?: number;
  readonly breakdown?: TouchOf;
}

export const funnelCommand = (): Command =>
  withSettings(
    examples(
      withScope(
        new Command('funnel')
          .description('how many people (or sessions) came how far along steps')
          .argument(
            '<step...>',
            'two or more: an event type, * for any; view:brand=acme,category=shoes for some of them',
          )
          .addOption(
            new Option('--order <order>', 'with anything between, as the very next event, or in any order')
              .choices(['ordered', 'strict', 'any'])
              .default('ordered'),
          )
          .addOption(new Option('--by <unit>', 'what is counted').choices(['person', 'session']).default('person'))
          .option('--within <time>', 'longest time from the first step to the last, such as 7d', micros)
          .option(
            '--breakdown <touch>',
            'by channel, utm_source, device or country; last_channel for the last',
            touchOf,
          ),
      ).action(action<Options>(run)),
      'funnel view cart_add purchase --within 7d',
      'funnel view:brand=samsung purchase:brand=samsung --by session --order strict',
      'funnel view cart_add purchase --breakdown last_channel --from 2019-10-01 --to 2019-10-08 --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation, steps: readonly string[], options: Options): Promise<void> {
  if (steps.length < 2 || steps.length > 16)
    throw new FootfallError('cli.usage', {
      reason: `a funnel has 2 to 16 steps, not ${steps.length}`,
      command: 'funnel',
    });
  const { order, by, within, breakdown } = options;
  const asked: FunnelInput = {
    ...scopeOf(options),
    steps: steps.map(pickOf),
    order,
    by,
    ...(within === undefined ? {} : { within }),
    ...(breakdown === undefined ? {} : { breakdown }),
  };
  const answer = await perform(shop, 'funnel', asked);
  const names = order === 'any' ? steps.map((_, i) => `${i + 1} of ${steps.length} steps`) : steps;
  if (json) return terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
  const bold = (text: string) => terminal.paint('bold', text);
  const rest = Math.max(10, Math.min(40, terminal.columns - 90));
  const parts = [
    ...linesOf(names, answer.steps, rest, bold),
    ...answer.groups.flatMap(({ value, steps: own }) => [
      '',
      bold(value ?? 'none'),
      ...linesOf(names, own, rest, bold),
    ]),
  ];
  return terminal.out(`${parts.join('\n')}\n`);
}

function linesOf(
  names: readonly string[],
  steps: readonly FunnelStep[],
  width: number,
  bold: (text: string) => string,
): readonly string[] {
  const columns = [
    { name: 'step', numeric: false },
    ...['count', 'of first', 'of previous', 'median time', 'revenue'].map((name) => ({ name, numeric: true })),
    { name: '', numeric: false },
  ];
  const rows = steps.map((step, i): readonly Cell[] => [
    names[i] ?? '',
    grouped(step.count),
    percent(step.of_first),
    percent(step.of_previous),
    step.median_seconds === null ? '' : secondsText(step.median_seconds),
    step.revenue,
    bar(step.of_first ?? 0, width),
  ]);
  return tableLines(columns, rows, bold);
}
