import {
  type BatchColumn,
  COLUMN_WIDTH,
  type EventBatch,
  type FixedColumn,
  type PartitionProgress,
} from '../core/batch.ts';
import { EVENT_COLUMNS } from '../core/event.ts';
import { renumbered } from '../source/columns/renumbered.ts';
import { ABSENT, asText, pick } from './columns.ts';

/**
 * Several batches of one partition as one, in their order: many small requests cost one transaction. Each brings all
 * symbols that it uses, counted from 0; so does the result.
 *
 * @param progress of the partition after the last of them
 */
export function mergeBatches(batches: readonly EventBatch[], progress: PartitionProgress): EventBatch {
  const count = batches.reduce((sum, each) => sum + each.count, 0);
  const symbols = new Map<string, number>();
  const idOf = (text: string): number => {
    const known = symbols.get(text);
    if (known !== undefined) return known;
    symbols.set(text, symbols.size);
    return symbols.size - 1;
  };
  const tables = batches.map((each) => Int32Array.from(each.symbols, idOf));
  const columns: Record<string, BatchColumn> = {};
  for (const { name, store } of EVENT_COLUMNS) {
    const parts = batches.map((each, i) => {
      const column = each.columns[name] ?? ABSENT;
      return store === 'symbol' ? renumbered(column, (symbol) => tables[i]?.[symbol] as number) : column;
    });
    columns[name] = joined(parts, batches, count);
  }
  const shape = batches.findLast(({ shapes }) => shapes?.has(0))?.shapes?.get(0);
  return {
    count,
    time: joinedArray(batches, count, ({ time }) => time),
    columns,
    partition: new Uint16Array(count),
    position: joinedArray(batches, count, ({ position }) => position),
    partitions: [progress],
    symbols: [...symbols.keys()],
    firstSymbol: 0,
    rejected: batches.flatMap(({ rejected }) => rejected),
    ...(batches.some(({ extra }) => extra !== undefined) ? { extra: extras(batches, count) } : {}),
    ...(shape === undefined ? {} : { shapes: new Map([[0, shape]]) }),
  };
}

/** Just the given rows of a batch, in their order; its refused rows stay. */
export function keepBatchRows(batch: EventBatch, rows: readonly number[]): EventBatch {
  return {
    ...batch,
    count: rows.length,
    time: Float64Array.from(rows, (row) => batch.time[row] as number),
    columns: Object.fromEntries(Object.entries(batch.columns).map(([name, column]) => [name, pick(column, rows)])),
    partition: Uint16Array.from(rows, (row) => batch.partition[row] as number),
    position: Float64Array.from(rows, (row) => batch.position[row] as number),
    ...(batch.extra === undefined ? {} : { extra: Uint8Array.from(rows, (row) => batch.extra?.[row] ?? 0) }),
  };
}

function joined(parts: readonly BatchColumn[], batches: readonly EventBatch[], count: number): BatchColumn {
  const kinds = new Set(parts.map(({ kind }) => kind).filter((kind) => kind !== 'absent'));
  const [kind] = kinds;
  if (kind === undefined) return ABSENT;
  if (kinds.size > 1 || kind === 'text')
    return { kind: 'text', values: parts.flatMap((part, i) => texts(part, (batches[i] as EventBatch).count)) };
  const width = COLUMN_WIDTH[kind];
  const data = new Uint8Array(count * width);
  const nulls = parts.some((part) => part.kind === 'absent' || (part as FixedColumn).valid !== undefined);
  const valid = nulls ? new Uint8Array(count) : undefined;
  let row = 0;
  for (const [i, part] of parts.entries()) {
    const rows = (batches[i] as EventBatch).count;
    if (part.kind !== 'absent' && part.kind !== 'text') {
      data.set(part.data.subarray(0, rows * width), row * width);
      if (part.valid === undefined) valid?.fill(1, row, row + rows);
      else valid?.set(part.valid.subarray(0, rows), row);
    }
    row += rows;
  }
  return valid === undefined ? { kind, data } : { kind, data, valid };
}

/** Ids of other widths than those of the batch before are text. */
function texts(part: BatchColumn, rows: number): readonly (string | null)[] {
  const column = asText(part);
  return column.kind === 'text' ? column.values : new Array<null>(rows).fill(null);
}

function joinedArray(
  batches: readonly EventBatch[],
  count: number,
  of: (batch: EventBatch) => Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  const all = new Float64Array(count);
  let row = 0;
  for (const batch of batches) {
    all.set(of(batch), row);
    row += batch.count;
  }
  return all;
}

function extras(batches: readonly EventBatch[], count: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(count);
  let row = 0;
  for (const { extra, count: rows } of batches) {
    if (extra !== undefined) all.set(extra, row);
    row += rows;
  }
  return all;
}
