import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { Session } from '../../store/session.ts';
import type { ViewPlan } from '../../view/view.ts';
import { withoutKits } from './kit-names.ts';

interface Serialized {
  readonly error: boolean;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly unknown[];
}

/**
 * Checks that a text is a single statement that only reads, by DuckDB's own parser.
 *
 * @returns the statement as it may be run, and the views that it reads
 * @throws FootfallError `query.sql` with line and column where the parser gave up
 */
export async function selectStatement(
  database: Session,
  sql: string,
  views: readonly ViewPlan[],
): Promise<{ readonly sql: string; readonly reads: readonly ViewPlan[] }> {
  const row = await database.one(`SELECT json_serialize_sql(${literalText(sql)}::VARCHAR)::VARCHAR AS parsed`);
  const parsed = JSON.parse(String(row?.['parsed'])) as Serialized;
  if (parsed.error) {
    const syntax = parsed.position !== undefined;
    const reason = syntax ? (parsed.error_message ?? 'syntax error') : 'only a single SELECT may be asked';
    throw new FootfallError('query.sql', { reason }, syntax ? { where: place(sql, Number(parsed.position)) } : {});
  }
  const count = parsed.statements?.length ?? 0;
  if (count === 0) throw new FootfallError('query.sql', { reason: 'there is no statement in it' });
  if (count > 1) throw new FootfallError('query.sql', { reason: `one statement at a time, not ${count}` });
  const names = new Set<string>();
  collectTables(parsed.statements, names);
  return {
    sql: withoutKits(sql, parsed.statements, views),
    reads: views.filter(({ name }) => names.has(name)),
  };
}

/** @example place('select 1\nfrm x', 9) // 'line 2, column 1' */
export function place(sql: string, position: number): string {
  const before = sql.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function collectTables(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, table_name: table } = node as { type?: unknown; table_name?: unknown };
  if ((type === 'BASE_TABLE' || type === 'SHOW_REF') && typeof table === 'string')
    names.add(table.replaceAll('"', '').toLowerCase());
  for (const each of Object.values(node)) collectTables(each, names);
}

/** DuckDB's error about a statement that parses but cannot run, as the person's own mistake. */
export function statementFailure(error: unknown, sql: string): unknown {
  if (!(error instanceof Error)) return error;
  const kind =
    /^(Binder|Catalog|Parser|Conversion|Invalid Input|Out of Range|Invalid Type|Not implemented|Permission|IO|HTTP|Missing Extension) (?:Error|Exception): /i.exec(
      error.message,
    );
  if (kind === null) return error;
  const [first = '', ...rest] = error.message.slice(kind[0].length).split('\n');
  const hint = rest.find((line) => /^(Did you mean|Candidate)/.test(line));
  const line = rest.findIndex((each) => each.startsWith('LINE '));
  const column =
    line < 0 ? -1 : (rest[line + 1] ?? '').indexOf('^') - (/^LINE \d+: /.exec(rest[line] ?? '')?.[0].length ?? 0) + 1;
  const at =
    line < 0
      ? undefined
      : `line ${/^LINE (\d+)/.exec(rest[line] ?? '')?.[1]}${column > 0 && !(rest[line] ?? '').includes(': ...') ? `, column ${column}` : ''}`;
  const reason = hint === undefined ? first : `${first} ${hint}`;
  return new FootfallError('query.sql', { reason, sql }, at === undefined ? {} : { where: at });
}
