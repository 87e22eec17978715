import { createHash } from 'node:crypto';
import type { RowShape } from '../../core/row-shape.ts';
import type { Session } from '../../store/session.ts';

/** A row in quarantine. */
export interface RefusedRow {
  readonly id: number;
  readonly partition: string;
  readonly position: number;
  readonly code: string;
  readonly pointer: string;
  readonly bytes: Buffer;
  /** Null where its source did not say how its rows are written. */
  readonly shape: RowShape | null;
}

/**
 * Rows that no rule can put right: a cut last row is read again when the file has grown, and of an event with the id of
 * another one not the row was kept.
 */
const NEVER = ['event.truncated', 'event.id_conflict'] as const;

/** A row is kept up to this many bytes; of a longer one the rest is gone. */
const MOST_BYTES = 64 * 1024;

/** A condition on quarantine (`q`) for rows that a rule can be applied to. */
export const REPAIRABLE = `(q.repaired IS NULL AND q.shape IS NOT NULL AND octet_length(q.bytes) < ${MOST_BYTES} AND q.code NOT IN (${NEVER.map((code) => `'${code}'`).join(', ')}))`;

/** The group of a row (`q`): rows refused for one reason, at one place, written in one way. */
export const GROUP =
  "left(md5(concat_ws(chr(31), q.code, q.pointer, coalesce((SELECT s.shape FROM row_shape s WHERE s.id = q.shape), ''))), 8)";

/** Tells a row's content, so that a rule acts on nothing but what it was seen with. */
export const contentOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
/** The same of a column. */
export const CONTENT = 'left(sha256(q.bytes), 16)';

/** Rows of quarantine (`q`) by a condition, in the order in which they came. */
export async function refusedRows(database: Session, condition: string, from = ''): Promise<readonly RefusedRow[]> {
  const shapes = new Map(
    (await database.rows('SELECT * FROM row_shape')).map(({ id, shape }) => [
      Number(id),
      JSON.parse(String(shape)) as RowShape,
    ]),
  );
  const rows = await database.jsonRows(
    `SELECT q.id, q.partition_key, q.position, q.code, q.pointer, q.bytes, q.shape FROM quarantine q ${from} WHERE ${condition} ORDER BY q.id`,
  );
  return rows.map((row) => ({
    id: Number(row['id']),
    partition: String(row['partition_key']),
    position: Number(row['position']),
    code: String(row['code']),
    pointer: String(row['pointer']),
    bytes: Buffer.from(String(row['bytes']), 'base64'),
    shape: row['shape'] === null ? null : (shapes.get(Number(row['shape'])) ?? null),
  }));
}
