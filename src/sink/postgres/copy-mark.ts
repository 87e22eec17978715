import type pg from 'pg';
import type { Cursor } from '../../core/cursor.ts';
import type { SinkTable } from '../sink.ts';

/** How far the copy of a table is, and whose it is, as the store itself says. */
export interface CopyMark {
  /** The sink that wrote it last. */
  readonly sink: string;
  readonly cursor: Cursor;
  /** It was written so lately that its sink must be at work. */
  readonly fresh: boolean;
}

const MARKS = 'footfall.sink_cursor';

export const MAKE_MARKS = `CREATE SCHEMA IF NOT EXISTS footfall; CREATE TABLE IF NOT EXISTS ${MARKS} (kit text, name text, sink text NOT NULL, generation bigint NOT NULL, epoch bigint NOT NULL, written timestamptz NOT NULL, PRIMARY KEY (kit, name))`;

/** A sink that is at work writes its mark every minute. */
const FRESH = "INTERVAL '3 minutes'";

export async function markOf(client: pg.PoolClient, { kit, name }: SinkTable): Promise<CopyMark | null> {
  const { rows } = await client.query(
    `SELECT sink, generation, epoch, written > now() - ${FRESH} AS fresh FROM ${MARKS} WHERE kit = $1 AND name = $2`,
    [kit, name],
  );
  const [row] = rows as { sink: string; generation: string; epoch: string; fresh: boolean }[];
  if (row === undefined) return null;
  const { sink, generation, epoch, fresh } = row;
  return { sink, cursor: { generation: Number(generation), epoch: Number(epoch) }, fresh };
}

export async function setMark(
  client: pg.PoolClient,
  { kit, name }: SinkTable,
  sink: string,
  { generation, epoch }: Cursor,
): Promise<void> {
  await client.query(
    `INSERT INTO ${MARKS} VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (kit, name) DO UPDATE SET sink = EXCLUDED.sink, generation = EXCLUDED.generation, epoch = EXCLUDED.epoch, written = EXCLUDED.written`,
    [kit, name, sink, generation, epoch],
  );
}

export async function forgetMark(client: pg.PoolClient, { kit, name }: SinkTable): Promise<void> {
  await client.query(`DELETE FROM ${MARKS} WHERE kit = $1 AND name = $2`, [kit, name]);
}

/** Until the transaction ends: two writers to one copy come one after the other. */
export const alone = (client: pg.PoolClient, { kit, name }: SinkTable): Promise<unknown> =>
  client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`footfall ${kit}.${name}`]);
