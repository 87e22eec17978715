import { Command, Option } from 'commander';
import type { NodeBy, PathsAnswer } from '../../../journey/question.ts';
import { perform } from '../../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../../invocation.ts';
import { bar, percent } from '../../output/bar.ts';
import { grouped } from '../../output/quantity.ts';
import { type Cell, tableLines } from '../../output/table.ts';
import { wholeNumber } from '../../parse-option.ts';
import { pickOf, type ScopeOptions, scopeOf, withScope } from './journey-options.ts';

interface Options extends ScopeOptions {
  readonly of: string;
  readonly by: NodeBy;
  readonly start?: string;
  readonly end?: string;
  readonly depth: number;
  readonly top: number;
  readonly repeats?: true;
}

export const pathsCommand = (): Command =>
  withSettings(
    examples(
      withScope(
        new Command('paths')
          .description('what sessions run along: nodes, and the edges between them')
          .addOption(
            new Option('--by <what>', 'what a node is')
              .choices(['type', 'category', 'brand', 'product'])
              .default('type'),
          )
          .option('--of <events>', 'events that are part of a path: an event type, * for any', '*')
          .option('--start <node>', 'paths from the first such node on')
          .option('--end <node>', 'paths to the first such node')
          .option('--depth <n>', 'nodes of a path that are shown', wholeNumber, 5)
          .option('--top <n>', 'nodes that are named; all others are one', wholeNumber, 10)
          .option('--repeats', 'equal nodes that follow each other stay as they are'),
      ).action(action<Options>(run)),
      'paths',
      'paths --end purchase --depth 4',
      'paths --by category --start Smartphones --top 6 --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation, _: readonly string[], options: Options): Promise<void> {
  const { of, by, start, end, depth, top, repeats } = options;
  const answer = await perform(shop, 'paths', {
    ...scopeOf(options),
    of: pickOf(of),
    by,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    depth,
    collapse: repeats !== true,
    top,
  });
  if (json) return terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
  const lines = linesOf(answer, Math.max(10, Math.min(40, terminal.columns - 80)), (text) =>
    terminal.paint('bold', text),
  );
  return terminal.out(`${lines.join('\n')}\n`);
}

/** Layer by layer: each node with what it leads to. */
function linesOf(
  { sessions, nodes, edges }: PathsAnswer,
  width: number,
  bold: (text: string) => string,
): readonly string[] {
  const name = (node: string | null): string => node ?? '(others)';
  const columns = [
    { name: 'layer', numeric: true },
    { name: 'node', numeric: false },
    { name: 'sessions', numeric: true },
    { name: 'share', numeric: true },
    { name: '', numeric: false },
  ];
  const share = (count: number): number => (sessions === 0 ? 0 : count / sessions);
  const row = (layer: number | null, text: string, count: number): readonly Cell[] => [
    layer,
    text,
    grouped(count),
    percent(share(count)),
    bar(share(count), width),
  ];
  const rows = nodes.flatMap(({ layer, node, count, ended, cut }) => [
    row(layer, name(node), count),
    ...edges
      .filter((edge) => edge.layer === layer && edge.source === node)
      .map((edge) => row(null, `  → ${name(edge.target)}`, edge.count)),
    ...(ended > cut ? [row(null, '  ends', ended - cut)] : []),
    ...(cut > 0 ? [row(null, '  goes on', cut)] : []),
  ]);
  return [`${grouped(sessions)} sessions`, ...tableLines(columns, rows, bold)];
}
