import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { Shop } from '../shop.ts';
import { csvHeader } from './csv-header.ts';
import { unreadable } from './unreadable.ts';

export interface TableFile {
  readonly csv: string;
  /** The path that the file was given by, for errors. */
  readonly shownAs: string;
  /** Columns that it must have. */
  readonly needed: readonly string[];
  /** Select list over its columns, all of them text. */
  readonly select: (columns: readonly string[]) => string;
  /** Why a row of `select` cannot be used, null where it can. */
  readonly reason: string;
  /** Temporary table that gets `line`, the select list and `reason`. */
  readonly into: string;
}

/**
 * Puts the rows of a CSV with a header, packed or not, in a temporary table.
 * @throws FootfallError `dimension.file`, `dimension.columns`, `dimension.row` naming the first bad line
 */
export async function readTable({ database }: Shop, file: TableFile): Promise<void> {
  const { csv, shownAs: path, needed, select, reason, into } = file;
  const columns = await csvHeader(csv, path);
  const missing = needed.filter((name) => !columns.includes(name)).join(', ');
  if (missing !== '') throw new FootfallError('dimension.columns', { path, missing, found: columns.join(', ') });
  // Nothing is left to guess: what DuckDB finds out by itself, it takes back where a row does not fit.
  const types = columns.map((name) => `${literalText(name)}: 'VARCHAR'`).join(', ');
  const source = `read_csv(${literalText(csv)}, auto_detect = false, columns = {${types}}, header = true, delim = ',', quote = '"', escape = '"', comment = '', strict_mode = true)`;
  const holdsNul = columns.map((name) => `contains("${name.replaceAll('"', '""')}", chr(0))`).join(' OR ');
  try {
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${into} AS SELECT *, CASE WHEN nul THEN 'it holds a NUL' ELSE ${reason} END AS reason FROM (SELECT row_number() OVER () + 1 AS line, coalesce(${holdsNul}, FALSE) AS nul, ${select(columns)} FROM ${source})`,
    );
  } catch (cause) {
    throw unreadable(cause, path);
  }
  const bad = await database.one(`SELECT line, reason FROM ${into} WHERE reason IS NOT NULL ORDER BY line LIMIT 1`);
  if (bad !== undefined)
    throw new FootfallError('dimension.row', { path, line: String(bad['line']), reason: String(bad['reason']) });
}
