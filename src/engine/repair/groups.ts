import type { RowShape } from '../../core/row-shape.ts';
import type { Session } from '../../store/session.ts';
import type { Json } from '../../store/value.ts';
import { GROUP, REPAIRABLE } from './refused-rows.ts';

/** Refused rows that are alike: one reason, at one place, written in one way. */
export interface RefusedGroup {
  /** Eight hex digits, the same wherever the same rows are refused. */
  readonly group: string;
  readonly code: string;
  /** Column or JSON pointer; empty when the whole row is meant. */
  readonly pointer: string;
  /** Null where their source did not say how its rows are written. */
  readonly shape: RowShape | null;
  /** Rows that are refused still, and those of them that a rule can be applied to. */
  readonly events: number;
  readonly repairable: number;
  /** Rows that are events by now. */
  readonly repaired: number;
  readonly first: Json;
  readonly last: Json;
  /** The first of them. */
  readonly sample: {
    readonly partition: string;
    readonly position: number;
    readonly message: string;
    readonly bytes: Buffer;
  };
}

/** All groups, those with most refused rows first. */
export async function refusedGroups(database: Session): Promise<readonly RefusedGroup[]> {
  const rows = await database.jsonRows(
    `SELECT g AS "group", code, pointer, any_value(shape) AS shape, count(*) FILTER (repaired IS NULL) AS events, count(*) FILTER (repairable) AS repairable, count(repaired) AS repaired, min(arrival) AS first, max(arrival) AS last, arg_min(partition_key, id) AS partition, arg_min(position, id) AS position, arg_min(message, id) AS message, arg_min(bytes, id) AS bytes FROM (SELECT q.* EXCLUDE (shape), s.shape, ${GROUP} AS g, coalesce(${REPAIRABLE}, FALSE) AS repairable FROM quarantine q LEFT JOIN row_shape s ON s.id = q.shape) GROUP BY ALL ORDER BY events DESC, "group"`,
  );
  return rows.map((row) => ({
    group: String(row['group']),
    code: String(row['code']),
    pointer: String(row['pointer']),
    shape: row['shape'] === null ? null : (JSON.parse(String(row['shape'])) as RowShape),
    events: Number(row['events']),
    repairable: Number(row['repairable']),
    repaired: Number(row['repaired']),
    first: row['first'] ?? null,
    last: row['last'] ?? null,
    sample: {
      partition: String(row['partition']),
      position: Number(row['position']),
      message: String(row['message']),
      bytes: Buffer.from(String(row['bytes']), 'base64'),
    },
  }));
}
