import { Command } from 'commander';
import type { ChangesReport } from '../../runtime/operations/changes.ts';
import { perform } from '../../runtime/perform.ts';
import type { Change } from '../../store/change.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { type Cell, recordLines } from '../output/table.ts';
import { wholeNumber } from '../parse-option.ts';

interface Options {
  readonly since?: string;
  readonly limit: number;
}

export const changesCommand = (): Command =>
  withSettings(
    examples(
      new Command('changes')
        .description("what changed in a view's final rows since a cursor; without one, all of them")
        .argument('<view>')
        .option('--since <generation:epoch>', 'cursor from the last line of the answer before')
        .option('--limit <n>', 'show at most so many rows; JSON always has all of them', wholeNumber, 20)
        .action(action<Options>(run)),
      'changes conversion_funnel',
      'changes conversion_funnel --since 1:57',
      'changes conversion_funnel --since 1:57 --json',
    ),
  );

async function run(
  { shop, json, terminal }: Invocation,
  [view = '']: readonly string[],
  { since, limit }: Options,
): Promise<void> {
  const shown: Change[] = [];
  const take = async (block: readonly Change[]): Promise<void> => {
    if (json) await terminal.out(block.map((change) => `${JSON.stringify(change)}\n`).join(''));
    else shown.push(...block.slice(0, limit - shown.length));
  };
  const report = await perform(shop, 'changes', { view, ...(since === undefined ? {} : { since }) }, take);
  const { cursor, snapshot } = report;
  if (json) return terminal.out(`${JSON.stringify({ cursor, snapshot })}\n`);
  const lines = [...recordLines(aligned(shown), (text) => terminal.paint('bold', text)), summary(report, shown.length)];
  return terminal.out(`${lines.join('\n')}\n`);
}

/** Changes as records of the same columns: of a row that is gone only its key is known. */
function aligned(changes: readonly Change[]): Record<string, Cell>[] {
  const widest = changes.find(({ op }) => op === 'upsert') ?? changes[0];
  const columns = Object.keys(widest?.row ?? {});
  return changes.map(({ op, row }) => ({
    op,
    ...Object.fromEntries(columns.map((name): [string, Cell] => [name, row[name] ?? null])),
  }));
}

function summary({ cursor, snapshot, upserts, deletes }: ChangesReport, shown: number): string {
  const rows = `${grouped(upserts)} row${upserts === 1 ? '' : 's'}`;
  const what = snapshot ? `snapshot of ${rows}` : `${rows} new or changed, ${grouped(deletes)} gone`;
  const part = shown < upserts + deletes ? `, ${grouped(shown)} shown` : '';
  return `${what}${part}; go on with --since ${cursor}`;
}
