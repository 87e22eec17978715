import { integritySql } from '../compile/integrity.ts';
import type { Session } from '../store/session.ts';

/**
 * Changes the form in which raw holds its values, and brings what intake noted along: the hashes are of stored values,
 * so each sum moves by what raw's own moves. A difference that was there before stays visible. Inside a transaction.
 */
export async function rehashIntake(database: Session, epoch: number, change: () => Promise<void>): Promise<void> {
  const last = Number((await database.one('SELECT coalesce(max(last_seq), 0) AS seq FROM intake'))?.['seq']);
  if (last === 0) return change();
  const sums = integritySql('raw', `seq <= ${last}`);
  await database.run(`CREATE OR REPLACE TEMP TABLE intake_before AS ${sums}`);
  await change();
  await database.run(
    `INSERT INTO intake SELECT ${epoch}, ${last}, part, day, 0, a.h0 - b.h0, a.h1 - b.h1 FROM (${sums}) a JOIN intake_before b USING (part, day)`,
  );
}
