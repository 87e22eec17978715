import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import type { Intake } from './intake.ts';
import { isDirty, windowsAt } from './protocol/windows.ts';

/** A window that ingest found already due: the finalizer computes it again. */
export interface DirtyWindow {
  readonly view: string;
  readonly start: EpochMicros;
  readonly end: EpochMicros;
}

/** What a batch makes dirty: windows by view, and rows whose session keys are to be looked at again. */
export interface DirtyMarks {
  readonly windows: readonly DirtyWindow[];
  /** Rows of the batch. */
  readonly sessionRows: readonly number[];
}

/**
 * The dirty-mark rule (semantics 18): a slice that an event falls in is dirty if and only if it was due at the
 * watermark of the batch before. An event before that watermark may belong to a session that ended up to a gap before
 * it, and that one may have been due: so every such event marks its session key. Of a load no event counts as late,
 * and yet its events fall in what was due.
 */
export function dirtyMarks(
  intake: Intake,
  views: readonly ViewPlan[],
  previous: EpochMicros | null,
  zone: string,
): DirtyMarks {
  if (previous === null) return { windows: [], sessionRows: [] };
  const rows: number[] = [];
  for (let row = 0; row < intake.count; row++) if ((intake.time[row] as number) < previous) rows.push(row);
  const found = new Map<string, DirtyWindow>();
  for (const view of views) {
    if (view.kind.kind !== 'window') continue;
    for (const row of rows) {
      for (const window of windowsAt(intake.time[row] as number, view.kind.windowing, zone)) {
        if (isDirty(window, previous)) found.set(`${view.name}/${window.start}`, { view: view.name, ...window });
      }
    }
  }
  const sessions = views.some(({ kind }) => kind.kind === 'session');
  return { windows: [...found.values()], sessionRows: sessions ? rows : [] };
}
