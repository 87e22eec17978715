import { join } from 'node:path';
import type { EventBatch, PartitionProgress } from '../../core/batch.ts';
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
import { parquetSql, type RefusedRow, RefusedRows } from './refused-rows.ts';

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
 * @param most refused rows of a partition that come at once
 */
export async function* readLake(
  session: Session,
  beside: Session,
  folder: string,
  manifest: LakeManifest,
  files: readonly LakeFile[],
  progress: Progress,
  most = BATCH_ROWS,
): AsyncGenerator<LakeBatch> {
  const standing = new Map<string, PartitionProgress>(progress);
  const ends = new Map(manifest.progress.map((each) => [each.partition, each]));
  const behind = manifest.progress.filter((each) => lags(standing.get(each.partition), each));
  const paths = files.filter(({ kind }) => kind === 'events').map(({ path }) => join(folder, path));
  const refused = new RefusedRows(
    beside,
    folder,
    files.filter(({ kind }) => kind === 'refused'),
    most,
  );
  const reach = (partition: string, position: number, clock: number | null): PartitionProgress => {
    const reached = { partition, position, clock, ended: false };
    standing.set(partition, reached);
    return reached;
  };
  /** Refused rows before a position, as long as there are too many to come with what is there. */
  async function* many(partition: string, end: number): AsyncGenerator<LakeBatch> {
    const load = ends.get(partition)?.load ?? null;
    for (;;) {
      const before = new Map(standing);
      const { position = 0, clock = null } = before.get(partition) ?? {};
      const cut = await refused.cut(partition, position, end);
      if (cut === null) return;
      const bound = reach(partition, cut, clock);
      yield { batch: batchOf([], [bound], await refused.within(before, [bound])), load };
    }
  }
  /** Rows of a group, up to where there are too many refused ones among them. */
  async function few(rows: readonly LakeRow[], ranges: ReadonlyMap<string, Ends>): Promise<readonly LakeRow[]> {
    let count = rows.length;
    for (const [partition, { last }] of ranges) {
      const cut = await refused.cut(partition, standing.get(partition)?.position ?? 0, last + 1);
      if (cut === null) continue;
      const next = rows.findIndex((row) => row.partition === partition && row.position >= cut);
      count = Math.min(count, Math.max(1, next));
    }
    return rows.slice(0, count);
  }
  for await (const group of groups(session, paths, standing, behind, ends)) {
    for (let left = group; left.length > 0; ) {
      const ranges = rangesOf(left);
      for (const [partition, { first }] of ranges) yield* many(partition, first);
      const rows = await few(left, ranges);
      left = left.slice(rows.length);
      const before = new Map(standing);
      for (const { partition, position, values } of rows) {
        const clock = Math.max(standing.get(partition)?.clock ?? Number.NEGATIVE_INFINITY, Number(values[TIME]));
        reach(partition, position + 1, clock);
      }
      const bounds = [...rangesOf(rows).keys()].map((each) => standing.get(each) as PartitionProgress);
      const rejected = await refused.within(before, bounds);
      yield { batch: batchOf(rows, bounds, rejected), load: ends.get(rows[0]?.partition as string)?.load ?? null };
    }
  }
  // What comes after the last event of a partition, and how its source left it.
  for (const end of behind) {
    yield* many(end.partition, end.position);
    const { load, note: _, ...left } = end;
    const bound = { ...left, clock: left.clock ?? standing.get(end.partition)?.clock ?? null };
    yield { batch: batchOf([], [bound], await refused.within(standing, [bound])), load };
  }
}

/** Positions of a partition's first and last row. */
interface Ends {
  readonly first: number;
  readonly last: number;
}

function rangesOf(rows: readonly LakeRow[]): ReadonlyMap<string, Ends> {
  const found = new Map<string, Ends>();
  for (const { partition, position } of rows)
    found.set(partition, { first: found.get(partition)?.first ?? position, last: position });
  return found;
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
  if (paths.length === 0 || behind.length === 0) return;
  const bounds = behind.map(
    ({ partition, position }) =>
      `(${literalText(partition)}, ${standing.get(partition)?.position ?? 0}::BIGINT, ${position}::BIGINT)`,
  );
  const { blocks } = await session.stream(
    `SELECT ord, partition, position, epoch_us(arrival) AS arrival, ${READ_BACK} FROM ${parquetSql(paths)} JOIN (VALUES ${bounds.join(', ')}) b(partition, first, next) USING (partition) WHERE position >= first AND position < next ORDER BY ord`,
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
