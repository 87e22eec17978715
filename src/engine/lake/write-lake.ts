import { literalText } from '../../core/sql-text.ts';
import type { EpochMicros } from '../../core/time.ts';
import { placeFile } from '../../journal/lake/lake-file.ts';
import type { LakeFile, LakeManifest } from '../../journal/lake/manifest.ts';
import type { Session } from '../../store/session.ts';
import { loadProgress } from '../progress.ts';
import type { Reading } from '../read.ts';
import { WRITTEN } from './lake-columns.ts';

/** Events that go to the lake at once, about: whole batches. */
const STEP = 1_000_000;
/**
 * Rows are written as they lie, which is the order of their numbers but for a few: sorting them took three times as long.
 * The columns of Parquet are compressed, and their row groups small enough to be read by few megabytes.
 */
export const PARQUET = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)';

/** What a step has written; the manifest is in force only when it is on disk. */
export interface LakeStep {
  readonly manifest: LakeManifest;
  /** All that came with batches up to this one is in the lake now. */
  readonly batch: number;
  /** Whether there are more. */
  readonly more: boolean;
}

/**
 * Writes what the lake does not hold yet, at most about a million events: for each day of their times a file, and one of
 * refused rows. An event that a repair made of a refused row is no event there: the row is, and the repair is a fact.
 *
 * @param after all that came with batches up to this one is known to be in the lake
 * @returns null where there is nothing to write
 */
export async function writeLake(
  { database, ingest }: Reading,
  folder: string,
  before: LakeManifest,
  after: number,
  now: EpochMicros,
  step = STEP,
): Promise<LakeStep | null> {
  const span = await nextBatches(database, after, step);
  if (span === null) return null;
  const { batch, seq, end } = span;
  const last = batch === ingest.batch;
  const progress = last ? ingest.progress : await loadProgress(database, batch);
  await noteBounds(database, before, [...progress.values()]);
  const fresh = `FROM raw r JOIN lake_bound b ON b.part = r.part WHERE r.batch > ${after} AND r.batch <= ${batch} AND r.position >= b.first AND r.position < b.next AND NOT EXISTS (SELECT 1 FROM lake_repaired q WHERE q.part = r.part AND q.position = r.position)`;
  const refused = `FROM quarantine q JOIN lake_bound b ON b.partition_key = q.partition_key WHERE q.batch > ${after} AND q.batch <= ${batch} AND q.position >= b.first AND q.position < b.next`;
  const { version, next } = before;
  const name = String(version + 1).padStart(8, '0');
  const ord = `${next} + r.seq - ${seq}`;
  const files: LakeFile[] = [];
  for (const [day, { rows, positions }] of await days(database, fresh)) {
    const sql = `SELECT ${ord} AS ord, b.partition_key AS partition, r.position, t.arrival, ${WRITTEN} ${fresh.replace('WHERE', `LEFT JOIN raw_extra x ON x.seq = r.seq JOIN batch t ON t.batch = r.batch WHERE r.event_time >= TIMESTAMP '${day}' AND r.event_time < TIMESTAMP '${day}' + INTERVAL 1 DAY AND`)}`;
    const placed = await placeFile(folder, `${day}/events-${name}.parquet`, (part) =>
      database.run(`COPY (${sql}) TO ${literalText(part)} ${PARQUET}`),
    );
    files.push({ ...placed, kind: 'events', day, rows, positions });
  }
  const { rows, positions } = await ranges(database, refused, 'q');
  if (rows > 0) {
    const sql = `SELECT q.id, q.partition_key AS partition, q.position, q.arrival, q.code, q.pointer, q.message, q.bytes, s.shape ${refused.replace('WHERE', 'LEFT JOIN row_shape s ON s.id = q.shape WHERE')}`;
    const placed = await placeFile(folder, `refused/refused-${name}.parquet`, (part) =>
      database.run(`COPY (${sql}) TO ${literalText(part)} ${PARQUET}`),
    );
    files.push({ ...placed, kind: 'refused', day: null, rows, positions });
  }
  const reaching = merged(before, [...progress.values()]);
  if (last && files.length === 0 && JSON.stringify(reaching) === JSON.stringify(before.progress)) return null;
  return {
    batch,
    more: !last,
    manifest: {
      format: 1,
      version: version + 1,
      written: now,
      next: next + end - seq,
      progress: reaching,
      files: [...before.files, ...files],
    },
  };
}

interface Span {
  /** The last of its batches. */
  readonly batch: number;
  /** Number of its first event in raw, and of the first after it. */
  readonly seq: number;
  readonly end: number;
}

/** The batches of a step; null where none is left. */
async function nextBatches(database: Session, after: number, step: number): Promise<Span | null> {
  const row = await database.one(
    `SELECT coalesce(min(batch) FILTER (total >= ${step}), max(batch)) AS batch FROM (SELECT batch, sum(events) OVER (ORDER BY batch) AS total FROM batch WHERE batch > ${after})`,
  );
  if (row === undefined || row['batch'] === null) return null;
  const batch = Number(row['batch']);
  // An event that a repair made has a number among those of the newest batch of then.
  const seqs = await database.one(
    `SELECT (SELECT min(first_seq) FROM batch WHERE batch > ${after}) AS seq, greatest(max(first_seq + events), (SELECT max(seq) + 1 FROM raw WHERE batch > ${after} AND batch <= ${batch})) AS "end" FROM batch WHERE batch > ${after} AND batch <= ${batch}`,
  );
  return { batch, seq: Number(seqs?.['seq']), end: Number(seqs?.['end']) };
}

/** What of each partition is new: from where the lake ends to where its source stands. */
async function noteBounds(
  database: Session,
  { progress: before }: LakeManifest,
  progress: LakeManifest['progress'],
): Promise<void> {
  const kept = new Map(before.map(({ partition, position }) => [partition, position]));
  const bounds = progress.map(
    ({ partition, position }) =>
      `(${literalText(partition)}, ${kept.get(partition) ?? 0}::BIGINT, ${position}::BIGINT)`,
  );
  await database.run(
    `CREATE OR REPLACE TEMP TABLE lake_bound AS SELECT p.id AS part, v.* FROM (VALUES ${bounds.join(', ') || "('', 0::BIGINT, 0::BIGINT)"}) v(partition_key, first, next) LEFT JOIN partition p USING (partition_key)`,
  );
  await database.run(
    'CREATE OR REPLACE TEMP TABLE lake_repaired AS SELECT b.part, q.position FROM quarantine q JOIN lake_bound b USING (partition_key) WHERE q.repaired IS NOT NULL',
  );
  await database.run('SET VARIABLE lake_words = (SELECT list(text ORDER BY id) FROM symbol)');
}

type Ranges = Pick<LakeFile, 'rows' | 'positions'>;

async function days(database: Session, fresh: string): Promise<ReadonlyMap<string, Ranges>> {
  const rows = await database.rows(
    `SELECT strftime(r.event_time, '%Y-%m-%d') AS day, b.partition_key AS partition, count(*) AS n, min(r.position) AS first, max(r.position) AS last ${fresh} GROUP BY ALL ORDER BY ALL`,
  );
  const found = new Map<string, Ranges>();
  for (const row of rows) found.set(String(row['day']), added(found.get(String(row['day'])), row));
  return found;
}

async function ranges(database: Session, from: string, of: string): Promise<Ranges> {
  const rows = await database.rows(
    `SELECT ${of}.partition_key AS partition, count(*) AS n, min(${of}.position) AS first, max(${of}.position) AS last ${from} GROUP BY ALL ORDER BY ALL`,
  );
  return rows.reduce<Ranges>(added, { rows: 0, positions: {} });
}

const added = (before: Ranges = { rows: 0, positions: {} }, row: Readonly<Record<string, unknown>>): Ranges => ({
  rows: before.rows + Number(row['n']),
  positions: { ...before.positions, [String(row['partition'])]: [Number(row['first']), Number(row['last'])] },
});

/** Where partitions stand in the lake: it never goes back. */
function merged({ progress: before }: LakeManifest, progress: LakeManifest['progress']): LakeManifest['progress'] {
  const kept = new Map(before.map((each) => [each.partition, each]));
  for (const each of progress)
    if ((kept.get(each.partition)?.position ?? 0) <= each.position) kept.set(each.partition, each);
  return [...kept.values()];
}
