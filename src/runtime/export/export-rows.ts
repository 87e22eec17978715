import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatCursor } from '../../core/cursor.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import { type Reading, withReader } from '../../engine/read.ts';
import type { Json } from '../../store/value.ts';
import type { OpenShop } from '../open-shop.ts';
import { rowsSql, sayer } from '../operations/query.ts';
import { selectStatement, statementFailure } from '../operations/select-statement.ts';
import { askedRows } from '../rows/asked-rows.ts';
import { relationOf } from '../rows/relation.ts';
import { type TypedColumn, typesOf } from '../rows/view-columns.ts';
import { csvLine, isText } from './csv-line.ts';
import { linesSql } from './lines-sql.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const format = z.enum(EXPORT_FORMATS);
export const exportInput = z.union([z.object({ sql: z.string(), format }), askedRows.extend({ format })]);
export type ExportInput = z.infer<typeof exportInput>;

/** What an export is of. */
export interface ExportBegun {
  /** Of the final rows in it: changes since then go on from here. Null where that is not known. */
  readonly cursor: string | null;
}

export interface ExportSink {
  /** Called once, when nothing is wrong with the question, before the first bytes. */
  begin(begun: ExportBegun): void;
  /** Takes bytes, and holds up who gives them while the other side is slow. */
  write(bytes: Uint8Array): Promise<void>;
}

/** A part of a file that is sent at once. */
const PART = 256 * 1024;

/**
 * Writes all rows that are asked for, as they are in one committed state, however many there are: few are held. Whoever
 * is slow holds up nobody else.
 *
 * @throws FootfallError as `relationOf`; `query.sql`
 */
export const exportRows = (open: OpenShop, input: ExportInput, sink: ExportSink): Promise<ExportBegun> =>
  withReader(open.shop, (reader) =>
    reader.ask([], async (reading) => {
      const begun = { cursor: formatCursor({ generation: reading.generation, epoch: reading.final.epoch }) };
      try {
        const rows = await rowsOf(reading, input);
        if (input.format === 'parquet') await writeParquet(open, reading, rows.sql, () => sink.begin(begun), sink);
        else await writeLines(reading, rows, input.format, () => sink.begin(begun), sink);
      } catch (error) {
        throw 'sql' in input ? statementFailure(error, input.sql) : error;
      }
      return begun;
    }),
  );

interface Rows {
  readonly sql: string;
  readonly columns: readonly TypedColumn[];
  /** How the cells of a row are said; null: as results say them anyway. */
  readonly say: ((row: readonly Json[]) => readonly Json[]) | null;
}

async function rowsOf(reading: Reading, input: ExportInput): Promise<Rows> {
  if ('sql' in input) {
    const { sql, reads } = await selectStatement(reading.database, input.sql, reading.views);
    await reading.prepare(reads);
    // What ends a statement would end it within another.
    const plain = sql.replace(/;\s*$/, '');
    return { sql: plain, columns: await typesOf(reading.database, `(${plain}\n)`), say: null };
  }
  if (input.format === 'parquet' && input.zone !== undefined && input.group_by === undefined)
    throw new FootfallError('cli.usage', {
      reason: 'times in Parquet are instants, in UTC: leave the zone out',
      command: 'export',
    });
  const relation = await relationOf(reading, input);
  const columns = relation.shown.flatMap((name) => relation.columns.find((each) => each.name === name) ?? []);
  const say = input.zone === undefined ? null : sayer(relation);
  return { sql: rowsSql(relation, input.order), columns, say };
}

async function writeLines(
  { database }: Reading,
  { sql, columns, say }: Rows,
  as: 'csv' | 'ndjson',
  begin: () => void,
  sink: ExportSink,
): Promise<void> {
  const lines = say === null ? linesSql(as, sql, columns) : null;
  const { blocks } = await database.stream(lines ?? sql);
  begin();
  if (as === 'csv') await sink.write(Buffer.from(`${header(columns)}\r\n`));
  const line = lineOf(as, columns);
  const written = (row: readonly Json[]): string => (lines === null ? line(say?.(row) ?? row) : String(row[0]));
  for await (const block of blocks) await sink.write(Buffer.from(block.map(written).join('')));
}

const header = (columns: readonly TypedColumn[]): string =>
  csvLine(
    columns.map(({ name }) => name),
    columns.map(() => true),
  );

/** How a row is written, with the end of its line. */
export function lineOf(as: 'csv' | 'ndjson', columns: readonly TypedColumn[]): (row: readonly Json[]) => string {
  const texts = columns.map(({ type }) => isText(type));
  return as === 'csv'
    ? (row) => `${csvLine(row, texts)}\r\n`
    : (row) => `${JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])))}\n`;
}

/** The whole of a small answer, as an export writes it. */
export const linesOf = (
  as: 'csv' | 'ndjson',
  columns: readonly TypedColumn[],
  rows: readonly (readonly Json[])[],
): string => `${as === 'csv' ? `${header(columns)}\r\n` : ''}${rows.map(lineOf(as, columns)).join('')}`;

/** Its end says where all parts of a Parquet file are: it is written whole, beside the database, and sent from there. */
async function writeParquet(
  { folder }: OpenShop,
  { database }: Reading,
  sql: string,
  begin: () => void,
  sink: ExportSink,
): Promise<void> {
  // Beside the other copies of rows: what is left of a process that ended goes with them.
  const place = join(folder.path, 'explorer', 'exports');
  mkdirSync(place, { recursive: true });
  const path = join(place, `${randomUUID()}.parquet`);
  try {
    await database.run(`COPY (${sql}\n) TO ${literalText(path)} (FORMAT parquet, COMPRESSION zstd)`);
    begin();
    for await (const bytes of createReadStream(path, { highWaterMark: PART })) await sink.write(bytes as Uint8Array);
  } finally {
    rmSync(path, { force: true });
  }
}
