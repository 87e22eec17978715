import type { Invocation } from '../invocation.ts';
import { type Cell, cellText, recordLines } from './table.ts';

type Fields = Readonly<Record<string, Cell>>;

/** A page of rows, with how to come to the next. */
export async function showPage(
  { json, terminal }: Invocation,
  page: { readonly rows: readonly Fields[]; readonly next: string | null },
): Promise<void> {
  if (json) return terminal.out(`${JSON.stringify(page, null, 2)}\n`);
  const lines = recordLines(page.rows, (text) => terminal.paint('bold', text));
  await terminal.out(page.rows.length === 0 ? 'none\n' : `${lines.join('\n')}\n`);
  if (page.next !== null) terminal.say(`there are more: --cursor ${page.next}`);
}

/** One thing with its fields, and a table of what belongs to it. */
export async function showRecord(
  { json, terminal }: Invocation,
  whole: unknown,
  fields: Fields,
  rows: readonly Fields[],
  next: string | null,
): Promise<void> {
  if (json) return terminal.out(`${JSON.stringify(whole, null, 2)}\n`);
  const said = Object.entries(fields).filter(([, value]) => value !== null && value !== '');
  const widest = Math.max(...said.map(([name]) => name.length));
  const lines = said.map(([name, value]) => `${terminal.paint('dim', name.padEnd(widest))}  ${cellText(value)}`);
  // Columns that say nothing anywhere are left out: most events have few fields.
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => (row[name] ?? null) !== null));
  const shown = rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
  await terminal.out(`${[...lines, '', ...recordLines(shown, (text) => terminal.paint('bold', text))].join('\n')}\n`);
  if (next !== null) terminal.say(`there are more: --cursor ${next}`);
}
