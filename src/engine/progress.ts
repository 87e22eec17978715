import type { Session } from '../store/session.ts';
import type { StoredProgress } from './state.ts';

/** What a row of `batch` says of the progress of partitions. */
export interface ProgressNote {
  readonly entries: readonly StoredProgress[];
  /** All partitions are in it, not just those that changed. */
  readonly whole: boolean;
}

export type Progress = ReadonlyMap<string, StoredProgress>;

/** So many rows are read at most to know where a thousand files stand, and each of them is noted so often in vain. */
const WHOLE_EVERY = 256;

/** What is to be noted with a batch. */
export function progressNote(batch: number, previous: Progress, next: Progress): ProgressNote {
  const entries = [...next.values()];
  if (batch % WHOLE_EVERY === 1) return { entries, whole: true };
  const changed = entries.filter((each) => {
    const before = previous.get(each.partition);
    return before !== each && JSON.stringify(before) !== JSON.stringify(each);
  });
  return { entries: changed, whole: false };
}

/**
 * Where all partitions stand: the newest note that has all of them, and what changed since.
 * @param batch after which they are asked for; else the newest
 */
export async function loadProgress(database: Session, batch?: number): Promise<Progress> {
  const until = batch === undefined ? '' : ` AND batch <= ${batch}`;
  const rows = await database.rows(
    `SELECT progress FROM batch WHERE batch >= (SELECT max(batch) FROM batch WHERE whole${until})${until} ORDER BY batch`,
  );
  const notes = rows.map(({ progress }) => JSON.parse(String(progress)) as StoredProgress[]);
  return new Map(notes.flat().map((each) => [each.partition, each]));
}
