import { join } from 'node:path';
import type { EventBatch, PartitionProgress, Rejected } from '../../core/batch.ts';
import { EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import type { RowShape } from '../../core/row-shape.ts';
import { literalText } from '../../core/sql-text.ts';
import { hours } from '../../core/time.ts';
import { type LakeFile, type LakeManifest, type LakeProgress, lags } from '../../journal/lake/manifest.ts';
import { BatchBuilder } from '../../source/columns/batch-builder.ts';
import { SymbolTable } from '../../source/columns/symbol-table.ts';
import type { Session } from '../../store/session.ts';
import type { Json } from '../../store/value.ts';
import type { Progress } from '../progress.ts';
import { READ_BACK } from './lake-columns.ts';

/** Events of the lake as a batch, with the load that its partitions belong to. */
export interface LakeBatch {
  readonly batch: EventBatch;
  readonly load: number | null;
}

const BATCH_ROWS = 50_000;
/** A batch has one arrival: events that came further apart are not in one, so that copies of them stay known as long. */
const ONE_ARRIVAL = hours(1);

interface LakeRow {
  readonly partition: string;
  readonly position: number;
  readonly arrival: number;
  readonly values: readonly Json[];
}

/**
 * What the lake holds and a database does not, in the order in which it was stored: batches to be taken in. Positions go
 * on with each, so that reading may end after any of them and go on later.
 *
 * @param manifest no row at or behind the positions of its partitions is read
 * @param beside another connection: an answer that is read as it comes has one for itself
 * @param files those that are whole; what others held is missing
 * @param progress where partitions stand in the database
 */
export async function* readLake(
  session: Session,
  beside: Session,
  folder: string,
  manifest: LakeManifest,
  files: readonly LakeFile[],
  progress: Progress,
): AsyncGenerator<LakeBatch> {
  const standing = new Map<string, PartitionProgress>(progress);
  const ends = new Map(manifest.progress.map((each) => [each.partition, each]));
  const behind = manifest.progress.filter((each) => lags(standing.get(each.partition), each));
  const wanted = (kind: LakeFile['kind']): readonly string[] =>
    files.filter((file) => file.kind === kind).map(({ path }) => join(folder, path));
  const refused = wanted('refused');
  const reach = (partition: string, position: number, clock: number | null): void =>
    void standing.set(partition, { partition, position, clock, ended: false });
  for await (const rows of groups(session, wanted('events'), standing, behind, ends)) {
    const before = new Map(standing);
    for (const { partition, position, values } of rows) {
      const clock = Math.max(standing.get(partition)?.clock ?? Number.NEGATIVE_INFINITY, Number(values[TIME]));
      reach(partition, position + 1, clock);
    }
    const partitions = [...new Set(rows.map(({ partition }) => partition))];
    const bounds = partitions.map((each) => standing.get(each) as PartitionProgress);
    const rejected = await refusedWithin(beside, refused, before, bounds);
    yield { batch: batchOf(rows, bounds, rejected), load: ends.get(partitions[0] as string)?.load ?? null };
  }
  // What comes after the last event of a partition, and how its source left it.
  for (const end of behind) {
    const { load, note: _, ...left } = end;
    const bound = { ...left, clock: left.clock ?? standing.get(end.partition)?.clock ?? null };
    yield { batch: batchOf([], [bound], await refusedWithin(beside, refused, standing, [bound])), load };
  }
}

const TIME = EVENT_COLUMNS.findIndex(({ name }) => name === 'event_time');

/** Rows that may be one batch: of a load or of none, and that came at about the same time. */
async function* groups(
  session: Session,
  paths: readonly string[],
  standing: ReadonlyMap<string, PartitionProgress>,
  behind: readonly LakeProgress[],
  ends: ReadonlyMap<string, LakeProgress>,
): AsyncGenerator<readonly LakeRow[]> {
  if (paths.length === 0) return;
  const bounds = behind.map(
    ({ partition, position }) =>
      `(${literalText(partition)}, ${standing.get(partition)?.position ?? 0}::BIGINT, ${position}::BIGINT)`,
  );
  const { blocks } = await session.stream(
    `SELECT ord, partition, position, epoch_us(arrival) AS arrival, ${READ_BACK} FROM ${parquet(paths)} JOIN (VALUES ${bounds.join(', ')}) b(partition, first, next) USING (partition) WHERE position >= first AND position < next ORDER BY ord`,
  );
  let group: LakeRow[] = [];
  for await (const block of blocks) {
    for (const [, partition, position, arrival, ...values] of block) {
      const row = { partition: String(partition), position: Number(position), arrival: Number(arrival), values };
      const [first] = group;
      const apart =
        first !== undefined &&
        (Math.abs(row.arrival - first.arrival) > ONE_ARRIVAL ||
          ends.get(row.partition)?.load !== ends.get(first.partition)?.load);
      if (group.length >= BATCH_ROWS || apart) {
        yield group;
        group = [];
      }
      group.push(row);
    }
  }
  if (group.length > 0) yield group;
}

const parquet = (paths: readonly string[]): string => `read_parquet([${paths.map(literalText).join(', ')}])`;

interface RefusedRow extends Omit<Rejected, 'partition'> {
  readonly partition: string;
  readonly arrival: number;
  readonly shape: string | null;
}

/** Refused rows of some partitions between where they stood and where they stand. */
async function refusedWithin(
  session: Session,
  paths: readonly string[],
  before: ReadonlyMap<string, PartitionProgress>,
  bounds: readonly PartitionProgress[],
): Promise<readonly RefusedRow[]> {
  if (paths.length === 0) return [];
  const within = bounds.map(
    ({ partition, position }) =>
      `(partition = ${literalText(partition)} AND position >= ${before.get(partition)?.position ?? 0} AND position < ${position})`,
  );
  const rows = await session.jsonRows(
    `SELECT partition, position, epoch_us(arrival) AS arrival, code, pointer, message, bytes, shape FROM ${parquet(paths)} WHERE ${within.join(' OR ')} ORDER BY id`,
  );
  return rows.map((row) => ({
    partition: String(row['partition']),
    position: Number(row['position']),
    arrival: Number(row['arrival']),
    code: String(row['code']),
    pointer: String(row['pointer']),
    message: String(row['message']),
    bytes: new Uint8Array(Buffer.from(String(row['bytes']), 'base64')),
    shape: row['shape'] == null ? null : String(row['shape']),
  }));
}

function batchOf(
  rows: readonly LakeRow[],
  bounds: readonly PartitionProgress[],
  rejected: readonly RefusedRow[],
): EventBatch {
  const symbols = new SymbolTable([]);
  const builder = new BatchBuilder(Math.max(1, rows.length), symbols);
  const indexes = new Map(bounds.map(({ partition }, i) => [partition, i]));
  for (const { partition, position, values } of rows) {
    for (const [i, { name }] of EVENT_COLUMNS.entries()) write(builder, name, values[i] ?? null);
    builder.commit(Number(values[TIME]), indexes.get(partition) as number, position);
  }
  // Rows of one partition may be written in several ways: each way is as good as a partition of its own.
  const partitions = [...bounds];
  const shapes = new Map<number, RowShape>();
  const ways = new Map<string, number>();
  const wayOf = ({ partition, shape }: RefusedRow): number => {
    const index = indexes.get(partition) as number;
    if (shape === null) return index;
    const known = ways.get(`${index} ${shape}`);
    if (known !== undefined) return known;
    const way = shapes.has(index) ? partitions.push(bounds[index] as PartitionProgress) - 1 : index;
    shapes.set(way, JSON.parse(shape) as RowShape);
    ways.set(`${index} ${shape}`, way);
    return way;
  };
  const kept = rejected.map(({ shape: _, arrival: __, ...row }, i) => ({
    ...row,
    partition: wayOf(rejected[i] as RefusedRow),
  }));
  const arrival = Math.max(
    0,
    ...rows.slice(-1).map((row) => row.arrival),
    ...rejected.slice(-1).map((row) => row.arrival),
  );
  return {
    ...builder.finish(partitions),
    rejected: kept,
    ...(arrival === 0 ? {} : { arrival }),
    ...(shapes.size === 0 ? {} : { shapes }),
  };
}

function write({ columns, symbols, count }: BatchBuilder, name: EventField, value: Json): void {
  if (value === null || name === 'event_time') return;
  const text = String(value);
  switch (name) {
    case 'quantity':
    case 'price':
    case 'amount':
    case 'discount':
    case 'tax':
    case 'shipping':
      columns[name].set(count, Number(value));
      return;
    case 'user_id':
    case 'anonymous_id':
    case 'session_id': {
      const length = Buffer.byteLength(text);
      const bytes = new Uint8Array(length + 8);
      bytes.set(Buffer.from(text));
      if (!columns[name].setCompact(count, bytes, new DataView(bytes.buffer), 0, length))
        columns[name].setText(count, text);
      return;
    }
    case 'event_id':
    case 'order_id':
    case 'product_name':
    case 'page_url':
    case 'referrer':
    case 'utm_term':
    case 'utm_content':
    case 'properties':
      columns[name].set(count, text);
      return;
    default:
      columns[name].set(count, symbols.idOf(text));
  }
}
