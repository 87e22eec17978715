import type pg from 'pg';
import type { Change, ResultRow } from '../../store/change.ts';
import type { Delivered, RefusedRow, SinkTable } from '../sink.ts';
import { isOfRow } from './failure.ts';
import { deleteSql, upsertSql } from './row-sql.ts';

/** Rows a statement: 1,000 and 5,000 take as long a row. */
const ROWS = 2_000;

/** Writes the changes of a table inside the transaction of a connection, many rows a statement. */
export class RowWriter {
  private readonly client: pg.PoolClient;
  private readonly table: SinkTable;
  private readonly upsert: string;
  private readonly counts = { upserts: 0, deletes: 0 };
  private readonly refused: RefusedRow[] = [];
  private rows: ResultRow[] = [];

  constructor(client: pg.PoolClient, table: SinkTable) {
    this.client = client;
    this.table = table;
    this.upsert = upsertSql(table);
  }

  async write(block: readonly Change[]): Promise<void> {
    const gone = block.filter(({ op }) => op === 'delete').map(({ row }) => row);
    if (gone.length > 0) await this.remove(gone);
    for (const { op, row } of block) if (op === 'upsert') this.rows.push(row);
    while (this.rows.length >= ROWS) await this.put(this.rows.splice(0, ROWS));
  }

  /** Writes what is left. */
  async end(): Promise<Delivered> {
    if (this.rows.length > 0) await this.put(this.rows.splice(0));
    return { ...this.counts, refused: this.refused };
  }

  private async remove(rows: readonly ResultRow[]): Promise<void> {
    const groups = Map.groupBy(storableKeys(this.table, rows), (row) =>
      this.table.keys.filter((key) => row[key] === null).join('\0'),
    );
    for (const [nulls, group] of groups) {
      const sql = deleteSql(this.table, new Set(nulls === '' ? [] : nulls.split('\0')));
      for (let from = 0; from < group.length; from += ROWS)
        await this.client.query(sql, [JSON.stringify(group.slice(from, from + ROWS))]);
    }
    this.counts.deletes += rows.length;
  }

  /** Puts rows; where one is at fault, halves them until it stands alone, and sets it aside. */
  private async put(rows: readonly ResultRow[]): Promise<void> {
    await this.client.query('SAVEPOINT rows');
    try {
      await this.client.query(this.upsert, [JSON.stringify(rows)]);
      await this.client.query('RELEASE SAVEPOINT rows');
      this.counts.upserts += rows.length;
    } catch (cause) {
      if (!isOfRow(cause)) throw cause;
      await this.client.query('ROLLBACK TO SAVEPOINT rows');
      const [row] = rows;
      if (rows.length === 1 && row !== undefined) {
        this.refused.push({ row, reason: (cause as Error).message });
        // What was there of it is not true any more.
        await this.remove([row]);
        await this.client.query('RELEASE SAVEPOINT rows');
        return;
      }
      const middle = Math.ceil(rows.length / 2);
      await this.put(rows.slice(0, middle));
      await this.put(rows.slice(middle));
    }
  }
}

/** The keys of rows, without those that PostgreSQL cannot hold: no row of theirs was ever there. */
export const storableKeys = ({ keys }: SinkTable, rows: readonly ResultRow[]): readonly ResultRow[] =>
  rows
    .map((row) => Object.fromEntries(keys.map((key) => [key, row[key] ?? null])))
    .filter((row) => Object.values(row).every(isStorable));

const isStorable = (value: ResultRow[string]): boolean =>
  typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'));
