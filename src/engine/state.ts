import type { PartitionProgress } from '../core/batch.ts';
import { literalText } from '../core/sql-text.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Session } from '../store/session.ts';
import { loadProgress, type Progress } from './progress.ts';
import { FIRST_SHAPE, type RawShape } from './raw-shape.ts';

/** Where intake stands: the newest row of `batch`, and what it counts on. */
export interface IngestState {
  readonly batch: number;
  /** When it arrived, on the wall clock; null before the first. */
  readonly arrival: EpochMicros | null;
  readonly nextSeq: number;
  readonly watermark: EpochMicros | null;
  /** By partition: how far it was read. `note` is whatever its source wants handed back on resume. */
  readonly progress: Progress;
  readonly events: number;
  readonly rejected: number;
  readonly late: number;
  /** Events of a time that was sealed. */
  readonly sealed: number;
  readonly duplicates: number;
}

export interface StoredProgress extends PartitionProgress {
  /** Number of the load that it belongs to: a load has a clock of its own (semantics, "Time and finality"). */
  readonly load: number | null;
  readonly note?: unknown;
}

/** Up to where a view is closed. */
export interface Frontier {
  /** Windows and rollups: windows that start before this are closed. Sessions: those whose last event is before this. */
  readonly until: EpochMicros;
  /** Rollups: starts of windows before `until` that an open session still holds. */
  readonly held: readonly EpochMicros[];
}

/** Where the finalizer stands: the newest row of `epoch`. */
export interface FinalState {
  readonly epoch: number;
  /** Newest batch that it has seen. */
  readonly batch: number;
  readonly watermark: EpochMicros | null;
  /** True when all slices were closed "by end" after `batch`. */
  readonly byEnd: boolean;
  /** Rows beyond the frontier may be stored up to this event time, from a close by end; null when none are. */
  readonly provisional: EpochMicros | null;
  /** The watermark that views kept beside those in force are closed by, while they catch up; null when they keep pace. */
  readonly reached: EpochMicros | null;
  readonly frontier: Readonly<Record<string, Frontier>>;
}

export const EMPTY_INGEST: IngestState = {
  batch: 0,
  arrival: null,
  nextSeq: 1,
  watermark: null,
  progress: new Map(),
  events: 0,
  rejected: 0,
  late: 0,
  sealed: 0,
  duplicates: 0,
};
export const EMPTY_FINAL: FinalState = {
  epoch: 0,
  batch: 0,
  watermark: null,
  byEnd: false,
  provisional: null,
  reached: null,
  frontier: {},
};

export async function loadIngestState(database: Session): Promise<IngestState> {
  const last = await database.one('SELECT * FROM batch ORDER BY batch DESC LIMIT 1');
  if (last === undefined) return EMPTY_INGEST;
  const totals = await database.one(
    'SELECT sum(events)::BIGINT AS events, sum(rejected)::BIGINT AS rejected, sum(late)::BIGINT AS late, sum(duplicates)::BIGINT AS duplicates, (SELECT coalesce(max(last_seq), 0) FROM intake) AS noted, (SELECT count(*) FROM late_event WHERE sealed) AS sealed FROM batch',
  );
  return {
    batch: Number(last['batch']),
    arrival: last['arrival'] === null ? null : Number(last['arrival']),
    // Numbers of events that were taken out again are not given a second time: they are counted and summed.
    nextSeq: Math.max(Number(last['first_seq']) + Number(last['events']), Number(totals?.['noted']) + 1),
    watermark: last['watermark'] === null ? null : Number(last['watermark']),
    progress: await loadProgress(database),
    events: Number(totals?.['events']),
    rejected: Number(totals?.['rejected']),
    late: Number(totals?.['late']),
    sealed: Number(totals?.['sealed']),
    duplicates: Number(totals?.['duplicates']),
  };
}

/** JSON has no infinity: a frontier that has not moved yet is null. */
interface StoredFrontier {
  readonly provisional: number | null;
  readonly reached?: number | null;
  readonly views: Readonly<Record<string, { readonly until: number | null; readonly held: readonly number[] }>>;
}

export async function loadFinalState(database: Session): Promise<FinalState> {
  const last = await database.one('SELECT * FROM epoch ORDER BY epoch DESC LIMIT 1');
  if (last === undefined) return EMPTY_FINAL;
  const { provisional, reached = null, views } = JSON.parse(String(last['frontier'])) as StoredFrontier;
  return {
    epoch: Number(last['epoch']),
    batch: Number(last['batch']),
    watermark: last['watermark'] === null ? null : Number(last['watermark']),
    byEnd: last['by_end'] === true,
    provisional,
    reached,
    frontier: Object.fromEntries(
      Object.entries(views).map(([name, { until, held }]) => [
        name,
        { until: until ?? Number.NEGATIVE_INFINITY, held },
      ]),
    ),
  };
}

/** Appends the row of an epoch. Runs inside its transaction. */
export async function saveFinalState(session: Session, state: FinalState, at: EpochMicros): Promise<void> {
  const { epoch, batch, watermark, byEnd, provisional, reached, frontier } = state;
  const stored = JSON.stringify({ provisional, reached, views: frontier });
  await session.run(
    `INSERT INTO epoch VALUES (${epoch}, make_timestamp(${at}), ${batch}, ${watermark ?? 'NULL'}, ${byEnd}, '${stored}')`,
  );
}

export async function loadShape(database: Session): Promise<RawShape> {
  const stored = await loadSetting(database, 'raw_shape');
  return stored === undefined ? FIRST_SHAPE : (JSON.parse(stored) as RawShape);
}

export async function loadSetting(database: Session, name: string): Promise<string | undefined> {
  const row = await database.one(`SELECT value FROM setting WHERE name = '${name}'`);
  return row === undefined ? undefined : String(row['value']);
}

/** Runs inside a transaction, or by itself. */
export async function saveSetting(database: Session, name: string, value: string): Promise<void> {
  await database.run(`DELETE FROM setting WHERE name = '${name}'`);
  await database.run(`INSERT INTO setting VALUES ('${name}', ${literalText(value)})`);
}
