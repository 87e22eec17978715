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
 * watermark of the batch before. A late event may belong to a session that ended up to a gap before it, and that one
 * may have been due: so every late event marks its session key.
 */
export function dirtyMarks(
  intake: Intake,
  views: readonly ViewPlan[],
  previous: EpochMicros | null,
  zone: string,
): DirtyMarks {
  if (previous === null || intake.lateRows.length === 0) return { windows: [], sessionRows: [] };
  const found = new Map<string, DirtyWindow>();
  for (const view of views) {
    if (view.kind.kind !== 'window') continue;
    for (const row of intake.lateRows) {
      for (const window of windowsAt(intake.time[row] as number, view.kind.windowing, zone)) {
        if (isDirty(window, previous)) found.set(`${view.name}/${window.start}`, { view: view.name, ...window });
      }
    }
  }
  const sessions = views.some(({ kind }) => kind.kind === 'session');
  return { windows: [...found.values()], sessionRows: sessions ? intake.lateRows : [] };
}
