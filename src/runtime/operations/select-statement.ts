import { FootfallError } from '../../core/errors/footfall-error.ts';
import { placeOf, sqlFailure } from '../../core/sql-failure.ts';
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
    throw new FootfallError('query.sql', { reason }, syntax ? { where: placeOf(sql, Number(parsed.position)) } : {});
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

function collectTables(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, table_name: table } = node as { type?: unknown; table_name?: unknown };
  if ((type === 'BASE_TABLE' || type === 'SHOW_REF') && typeof table === 'string')
    names.add(table.replaceAll('"', '').toLowerCase());
  for (const each of Object.values(node)) collectTables(each, names);
}

/** DuckDB's error about a statement that parses but cannot run, as the person's own mistake. */
export function statementFailure(error: unknown, sql: string): unknown {
  const failure = error instanceof Error ? sqlFailure(error.message) : null;
  if (failure === null) return error;
  const { reason, where } = failure;
  return new FootfallError('query.sql', { reason, sql }, where === null ? {} : { where });
}
