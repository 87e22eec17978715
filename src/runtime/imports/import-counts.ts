import { literalText } from '../../core/sql-text.ts';
import type { Reader } from '../../engine/read.ts';

/** Events and refused rows that are stored of a partition. */
export function importCounts(
  reader: Reader,
  partition: string,
): Promise<{ readonly events: number; readonly rejected: number }> {
  const key = literalText(partition);
  return reader.ask([], async ({ database }) => {
    const row = await database.one(
      `SELECT (SELECT count(*) FROM raw JOIN partition p ON p.id = raw.part WHERE p.partition_key = ${key}) AS events, (SELECT count(*) FROM quarantine WHERE partition_key = ${key} AND repaired IS NULL) AS rejected`,
    );
    return { events: Number(row?.['events']), rejected: Number(row?.['rejected']) };
  });
}
