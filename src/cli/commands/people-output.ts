import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { csvLine } from '../../runtime/export/csv-line.ts';
import type { PeopleChanged, PeopleReport } from '../../runtime/operations/people.ts';
import { perform } from '../../runtime/perform.ts';
import type { Invocation } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { type Cell, recordLines } from '../output/table.ts';

export interface PeopleOptions {
  readonly from?: string;
  readonly file?: string;
}

type Shown = Pick<Invocation, 'json' | 'terminal'>;

/** What is in force, and how many slices have yet to follow. */
export function showTable({ json, terminal }: Shown, report: PeopleReport, none: string): Promise<void> {
  if (json) return terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  const shown = report.in_force.map(
    (each): Record<string, Cell> => ({
      ...each,
      from: (each.from ?? 'always') as Cell,
      recorded: each.recorded as Cell,
    }),
  );
  const lines = shown.length === 0 ? [none] : recordLines(shown, (text) => terminal.paint('bold', text));
  return terminal.out(`${[...lines, ...pendingLines(report.pending)].join('\n')}\n`);
}

const pendingLines = (pending: number): readonly string[] =>
  pending === 0 ? [] : [`${grouped(pending)} slices have yet to follow`];

export const changedLine = ({ rows, changed, events, pending }: PeopleChanged): string =>
  `${[`${grouped(rows)} said, ${grouped(changed)} new or changed; ${grouped(events)} events count otherwise in views without bots`, ...pendingLines(pending)].join('\n')}\n`;

/** Links or marks, from the command line or from a file. */
export async function sayPeople(
  { shop, json, terminal }: Invocation,
  says: 'same_as' | 'bot',
  [visitor, user]: readonly string[],
  { from, file }: PeopleOptions,
): Promise<void> {
  const command = says === 'bot' ? 'bots mark' : 'identity link';
  const named = says === 'bot' ? visitor !== undefined : user !== undefined;
  if ((file === undefined) !== named)
    throw new FootfallError('cli.usage', { reason: 'give either ids or --file', command });
  if (file !== undefined && !existsSync(file)) throw new FootfallError('source.missing', { path: file });
  const row = {
    visitor: visitor ?? '',
    ...(user === undefined ? {} : { user }),
    ...(from === undefined ? {} : { from }),
  };
  const said = file === undefined ? { rows: [row] } : { file: resolve(file) };
  const outcome = await perform(shop, 'change-people', { says, withdrawn: false, ...said });
  return terminal.out(json ? `${JSON.stringify(outcome, null, 2)}\n` : changedLine(outcome));
}

/** What is proposed, each with its reasons; as CSV just what a file for the facts needs. */
export function showProposals<P extends { readonly reasons: readonly string[] }>(
  { json, terminal, csv }: Shown & { readonly csv: boolean },
  proposals: readonly P[],
  columns: readonly (keyof P & string)[],
  none: string,
): Promise<void> {
  if (json) return terminal.out(`${JSON.stringify(proposals, null, 2)}\n`);
  if (csv) {
    const lines = [columns, ...proposals.map((each) => columns.map((name) => each[name] as Cell))].map((cells) =>
      // It is read again as it is: ids stay what they are.
      csvLine(
        cells,
        cells.map(() => false),
      ),
    );
    return terminal.out(`${lines.join('\n')}\n`);
  }
  if (proposals.length === 0) return terminal.out(`${none}\n`);
  const shown = proposals.map((each) => {
    const cells = Object.entries(each).map(([name, value]) => [
      name,
      name === 'reasons' ? each.reasons.join('; ') : value,
    ]);
    return Object.fromEntries(cells) as Record<string, Cell>;
  });
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
