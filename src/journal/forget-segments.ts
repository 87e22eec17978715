import { rmSync } from 'node:fs';
import type { EpochMicros } from '../core/time.ts';
import { checkSegment } from './check-segment.ts';
import { segmentsOf } from './segment.ts';
import { syncFolder } from './write-durably.ts';

/** Until when segments are forgotten, and what has to hold. */
export interface Forgetting {
  /** All rows before this number are in the lake, for good. */
  readonly covered: number;
  /** A segment with a record that arrived at this time or later is kept. */
  readonly before: EpochMicros;
}

/** What was deleted, and what was kept although it might have gone. */
export interface Forgotten {
  readonly paths: readonly string[];
  /** The first segment that is damaged: nothing from it on is deleted, so that what is left of it can be looked at. */
  readonly damaged: string | null;
}

/**
 * Deletes the oldest whole segments of the event journal: those of which every row is in the lake, and that are old enough.
 * Never the newest one, which is written to, and never past one that is kept.
 */
export async function forgetSegments(folder: string, { covered, before }: Forgetting): Promise<Forgotten> {
  const segments = segmentsOf(folder);
  const paths: string[] = [];
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (next === undefined || next.first > covered) break;
    const { path } = segment;
    const { damage, until, end } = await checkSegment(segment, next.first);
    if (damage.length > 0) return { paths, damaged: path };
    if ((until ?? 0) >= before || end > covered) break;
    rmSync(path);
    paths.push(path);
  }
  if (paths.length > 0) syncFolder(folder);
  return { paths, damaged: null };
}
