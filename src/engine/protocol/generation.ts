import type { Cursor } from '../../core/cursor.ts';

/** What a database says of itself; without a generation it is new, or from before there were any. */
export interface Found {
  readonly generation: number | null;
  readonly epoch: number;
}

/**
 * The generation that a database goes on in (semantics, "Changes"). `mark` is the newest state ever committed under its
 * name, as it was noted outside the database after each commit; null when nothing is noted.
 *
 * A mark behind the database is a process that died between the two: harmless. A database behind its mark was lost,
 * replaced by an older copy or rebuilt: its epochs would be given out a second time, so it starts a generation.
 */
export function generationOf({ generation, epoch }: Found, mark: Cursor | null): number {
  const highest = mark?.generation ?? 0;
  if (generation === null || generation < highest) return highest + 1;
  if (mark !== null && generation === highest && epoch < mark.epoch) return highest + 1;
  return generation;
}

/**
 * Whether a reader that stopped at `cursor` can be told what changed since; else it takes a snapshot. `since` is the
 * epoch at which the view's table was made by the definition in force: rows before it were other rows.
 */
export function goesOn(cursor: Cursor | null, { generation, epoch }: Cursor, since: number): boolean {
  if (cursor === null || cursor.generation !== generation) return false;
  return cursor.epoch >= since && cursor.epoch <= epoch;
}
