import { BIGINT, BOOLEAN, INTEGER, TIMESTAMP, VARCHAR } from '@duckdb/node-api';
import type { EventBatch, PartitionProgress } from '../core/batch.ts';
import type { EpochMicros } from '../core/time.ts';
import { appendColumns } from '../store/append.ts';
import { writeBatchRow } from './batch-row.ts';
import { constantInt32, int64Column } from './columns.ts';
import { crashPoint } from './crash-point.ts';
import { type DirtyMarks, dirtyMarks } from './dirty.ts';
import { derive, type Intake, keepRows, type SymbolTranslation } from './intake.ts';
import { sealedBefore } from './protocol/seal.ts';
import { partitionClocks } from './protocol/silence.ts';
import { nextWatermark } from './protocol/watermark.ts';
import { rememberIntake } from './remember-intake.ts';
import type { Shop } from './shop.ts';
import type { IngestState, StoredProgress } from './state.ts';
import { writeMarks, writeQuarantine, writeRaw, writeSymbols } from './write-batch.ts';

/** What a batch came to. */
export interface IngestOutcome {
  readonly events: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly late: number;
  /** Of a time that is sealed: counted, and in no table of results. */
  readonly sealed: number;
  /** Events with money of another currency for which there is no rate. */
  readonly unconverted: number;
  readonly watermark: EpochMicros | null;
}

/** How a source's batches are taken in. */
export interface IngestOptions {
  readonly translation: SymbolTranslation;
  /** Set while the batch belongs to a load: its number (semantics, "Time and finality"). */
  readonly load: number | null;
  /** Events that were taken in before, and were told apart from copies then: none of them is a copy, or too late. */
  readonly known?: true;
  /** Sealed is what was when this was the watermark, instead of what is now: what is read again is told apart as it was. */
  readonly sealing?: { readonly watermark: EpochMicros | null };
  /** Kept with each partition's progress and handed back on resume. */
  readonly note?: (progress: PartitionProgress) => unknown;
  readonly arrival: EpochMicros;
  /** Partitions that are silent at their head: unless the batch has more of them, they hold nothing back. */
  readonly silent: ReadonlySet<string>;
}

/**
 * The ingest transaction (semantics, "Transactions"): events, quarantine, positions, watermark and dirty marks,
 * together or not at all. Appends only, no statement to plan, so that small batches stay cheap.
 *
 * Caller must hold a place between batches, and have given raw the shape that the batch needs. On an error nothing is
 * stored and the batch may be given again.
 */
export async function ingest(shop: Shop, batch: EventBatch, options: IngestOptions): Promise<IngestOutcome> {
  const { database } = shop;
  const previous = shop.ingest;
  const columns = options.translation.translate(batch);
  const derived = derive(batch, columns, shop, options.load === null ? previous.watermark : null);
  const identity =
    options.known === true
      ? shop.identity.remember(derived, options.arrival)
      : await shop.identity.examine(batch, derived, options.arrival);
  const known = identity.kept === null ? derived : keepRows(derived, identity.kept);
  const aside = options.known === true ? NONE : asideOf(known, shop, options.sealing ?? previous);
  const intake = aside.rows.length === 0 ? known : keepRows(known, othersThan(known, aside.rows));
  const marks = marksOf(shop, intake);
  const progress = progressAfter(previous, batch, options);
  const watermark = watermarkAfter(previous, progress, batch, options.silent, shop.settings.lateness);
  const rejected = [...batch.rejected, ...identity.conflicts];
  const shapes = new Map(
    [...(batch.shapes ?? [])].map(([index, shape]) => [index, shop.shapes.idOf(JSON.stringify(shape))]),
  );
  const next: IngestState = {
    batch: previous.batch + 1,
    arrival: options.arrival,
    nextSeq: previous.nextSeq + intake.count,
    watermark,
    progress,
    events: previous.events + intake.count,
    rejected: previous.rejected + rejected.length,
    late: previous.late + known.lateRows.length,
    sealed: previous.sealed + aside.sealed.size,
    duplicates: previous.duplicates + identity.duplicates,
  };
  const origin = {
    batch: next.batch,
    firstSeq: previous.nextSeq,
    parts: batch.partitions.map(({ partition }) => shop.partitions.idOf(partition)),
    load: options.load,
  };
  await database.transaction(async () => {
    crashPoint('ingest.begun');
    const fresh = shop.symbols.unsaved();
    await writeSymbols(database, fresh.first, fresh.texts);
    await shop.partitions.save(database);
    await shop.shapes.save(database);
    await writeRaw(database, intake, origin, shop.shape);
    crashPoint('ingest.raw_written');
    await writeMarks(database, marks, intake, origin, shop.context);
    await writeAside(shop, known, aside, batch, origin.batch);
    await writeQuarantine(
      database,
      rejected,
      origin,
      batch.partitions.map(({ partition }) => partition),
      options.arrival,
      // What another event came before is no row as it was written.
      (row) => (row.code === 'event.id_conflict' ? undefined : shapes.get(row.partition)),
    );
    crashPoint('ingest.marks_written');
    await writeBatchRow(database, next, previous);
    crashPoint('ingest.before_commit');
  });
  crashPoint('ingest.committed');
  shop.symbols.markSaved();
  shop.partitions.markSaved();
  shop.shapes.markSaved();
  shop.ingest = next;
  const unconverted = rememberIntake(shop, intake);
  return {
    events: intake.count,
    rejected: rejected.length,
    duplicates: identity.duplicates,
    late: known.lateRows.length,
    sealed: aside.sealed.size,
    unconverted,
    watermark,
  };
}

/** Marks for the views in force, and for those kept beside them. */
function marksOf({ views, beside, settings, ingest: { watermark } }: Shop, intake: Intake): DirtyMarks {
  const marks = dirtyMarks(intake, views, watermark, settings.zone);
  if (beside === null) return marks;
  const others = dirtyMarks(intake, beside.views, watermark, beside.definitions.zone);
  return {
    windows: [...marks.windows, ...others.windows],
    sessionRows: marks.sessionRows.length > 0 ? marks.sessionRows : others.sessionRows,
    entered: marks.entered ?? others.entered,
    batches: [...marks.batches, ...others.batches],
  };
}

/** Events that are set aside: in no table of results. */
interface Aside {
  /** Ascending. */
  readonly rows: readonly number[];
  /** Those of them whose time is sealed; the others are late, and late ones are not wanted. */
  readonly sealed: ReadonlySet<number>;
}

const NONE: Aside = { rows: [], sealed: new Set() };

function asideOf(
  { time, lateRows }: Intake,
  { settings }: Shop,
  { watermark }: NonNullable<IngestOptions['sealing']>,
): Aside {
  const before = sealedBefore(watermark, settings.history);
  const sealed = new Set<number>();
  if (Number.isFinite(before)) for (const [row, at] of time.entries()) if (at < before) sealed.add(row);
  const late = settings.late === 'drop' ? lateRows : [];
  if (sealed.size === 0) return late.length === 0 ? NONE : { rows: late, sealed };
  return { rows: [...new Set([...late, ...sealed])].sort((a, b) => a - b), sealed };
}

function othersThan({ count }: Intake, rows: readonly number[]): readonly number[] {
  const aside = new Set(rows);
  return Array.from({ length: count }, (_, row) => row).filter((row) => !aside.has(row));
}

function progressAfter(
  previous: IngestState,
  batch: EventBatch,
  { load, note }: IngestOptions,
): ReadonlyMap<string, StoredProgress> {
  const progress = new Map(previous.progress);
  for (const each of batch.partitions) {
    const kept = note?.(each) ?? progress.get(each.partition)?.note;
    progress.set(each.partition, { ...each, load, ...(kept === undefined ? {} : { note: kept }) });
  }
  return progress;
}

function watermarkAfter(
  previous: IngestState,
  progress: ReadonlyMap<string, StoredProgress>,
  batch: EventBatch,
  silent: ReadonlySet<string>,
  lateness: number,
): EpochMicros | null {
  const moved = batch.partitions.filter(
    ({ partition, position }) => previous.progress.get(partition)?.position !== position,
  );
  const quiet = silent.difference(new Set(moved.map(({ partition }) => partition)));
  const clocks = partitionClocks(progress.values(), quiet);
  const ending = batch.partitions.flatMap(({ partition, ended, gone, clock }) => {
    const endsNow = ended && gone !== true && previous.progress.get(partition)?.ended !== true;
    return endsNow && clock !== null && progress.get(partition)?.load === null ? [clock] : [];
  });
  return nextWatermark(previous.watermark, clocks, ending, lateness);
}

async function writeAside(
  { database, ingest: { watermark } }: Shop,
  known: Intake,
  { rows, sealed }: Aside,
  batch: EventBatch,
  number: number,
): Promise<void> {
  await appendColumns(
    database.connection,
    'late_event',
    [
      { type: INTEGER, column: constantInt32(number, rows.length) },
      {
        type: VARCHAR,
        column: {
          kind: 'text',
          values: rows.map((row) => batch.partitions[known.partition[row] ?? 0]?.partition ?? ''),
        },
      },
      { type: BIGINT, column: int64Column(rows.map((row) => known.position[row] as number)) },
      { type: TIMESTAMP, column: int64Column(rows.map((row) => known.time[row] as number)) },
      { type: BIGINT, column: int64Column(rows.map(() => watermark ?? 0)) },
      { type: BOOLEAN, column: { kind: 'int8', data: Uint8Array.from(rows, (row) => (sealed.has(row) ? 1 : 0)) } },
    ],
    rows.length,
  );
}
