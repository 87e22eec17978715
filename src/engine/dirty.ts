import type { EpochMicros, Micros } from '../core/time.ts';
import { cutOf } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import type { Intake } from './intake.ts';
import { isDirty, stretchOf, touchedWindows } from './protocol/windows.ts';

/** A window that ingest found already due: the finalizer computes it again. */
export interface DirtyWindow {
  readonly view: string;
  readonly start: EpochMicros;
  readonly end: EpochMicros;
}

/** A view for which a batch has events before the watermark: from the first to the last of them, inclusive. */
export interface DirtyBatch {
  readonly view: string;
  readonly first: EpochMicros;
  readonly last: EpochMicros;
}

/** What a batch makes dirty: windows by view, rows whose session keys are to be looked at again, and views as a whole. */
export interface DirtyMarks {
  readonly windows: readonly DirtyWindow[];
  /** Rows of the batch. */
  readonly sessionRows: readonly number[];
  /** Earliest of those events that may move what a ledger counts; null when none may. */
  readonly entered: EpochMicros | null;
  readonly batches: readonly DirtyBatch[];
}

/**
 * The dirty-mark rule (semantics, "Transactions"): a slice that an event may change is dirty if and only if it was due
 * at the watermark of the batch before. An event before that watermark may belong to a session that ended up to a gap
 * before it, and that one may have been due: so every such event marks its session key. Of a load no event counts as
 * late, and yet its events fall in what was due.
 */
export function dirtyMarks(
  intake: Intake,
  views: readonly ViewPlan[],
  previous: EpochMicros | null,
  zone: string,
): DirtyMarks {
  if (previous === null) return { windows: [], sessionRows: [], entered: null, batches: [] };
  const rows: number[] = [];
  for (let row = 0; row < intake.count; row++) if ((intake.time[row] as number) < previous) rows.push(row);
  const found = new Map<string, DirtyWindow>();
  for (const view of views) {
    const cut = cutOf(view.kind);
    if (cut === null) continue;
    for (const { first, last } of stretchesOf(intake, rows, stretchOf(cut.windowing))) {
      for (const window of touchedWindows(cut, first, last, zone)) {
        if (isDirty(window, cut, previous)) found.set(`${view.name}/${window.start}`, { view: view.name, ...window });
      }
    }
  }
  const sessions = views.some(({ kind }) => kind.kind === 'session');
  const ledgers = rows.length > 0 && views.some(({ kind }) => kind.kind === 'ledger');
  const entered = ledgers ? rows.reduce((least, row) => Math.min(least, intake.time[row] as number), previous) : null;
  return {
    windows: [...found.values()],
    sessionRows: sessions ? rows : [],
    entered,
    batches: batchesOf(intake, rows, views),
  };
}

/** Absences and anomalies are told of every such event: which of them matter is found by SQL. */
function batchesOf(intake: Intake, rows: readonly number[], views: readonly ViewPlan[]): readonly DirtyBatch[] {
  if (rows.length === 0) return [];
  const times = rows.map((row) => intake.time[row] as number);
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  return views.flatMap(({ name, kind }) =>
    kind.kind === 'absence' || kind.kind === 'anomaly' ? [{ view: name, first, last }] : [],
  );
}

interface Stretch {
  readonly first: EpochMicros;
  readonly last: EpochMicros;
}

/** Where the rows lie in time: thousands of events of a load are few stretches. */
function stretchesOf(intake: Intake, rows: readonly number[], width: Micros): Iterable<Stretch> {
  const stretches = new Map<number, Stretch>();
  for (const row of rows) {
    const at = intake.time[row] as number;
    const number = Math.floor(at / width);
    const { first, last } = stretches.get(number) ?? { first: at, last: at };
    if (at <= first || at > last) stretches.set(number, { first: Math.min(first, at), last: Math.max(last, at) });
  }
  return stretches.values();
}
