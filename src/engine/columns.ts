import { type BatchColumn, COLUMN_WIDTH, type FixedColumn } from '../core/batch.ts';

export const ABSENT: BatchColumn = { kind: 'absent' };

/** An int64 column from plain numbers: two halves, because a bigint a row would cost more than the rest of intake. */
export function int64Column(values: ArrayLike<number>): FixedColumn {
  const data = new Uint8Array(values.length * 8);
  const halves = new Int32Array(data.buffer);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    halves[2 * row] = value | 0;
    halves[2 * row + 1] = Math.floor(value / 4_294_967_296);
  }
  // `| 0` wraps modulo 2^32 only below 2^53, which holds for positions, times and sequence numbers.
  return { kind: 'int64', data };
}

export function int32Column(values: Int32Array<ArrayBuffer>, valid?: Uint8Array<ArrayBuffer>): FixedColumn {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return valid === undefined ? { kind: 'int32', data } : { kind: 'int32', data, valid };
}

/** The same value in every row. */
export const constantInt32 = (value: number, count: number): FixedColumn =>
  int32Column(new Int32Array(count).fill(value));

/** Just the given rows of a column, in their order. */
export function pick(column: BatchColumn, rows: ArrayLike<number>): BatchColumn {
  if (column.kind === 'absent') return column;
  if (column.kind === 'text') {
    return { kind: 'text', values: Array.from(rows, (row) => column.values[row] ?? null) };
  }
  const width = COLUMN_WIDTH[column.kind];
  const data = new Uint8Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * width;
    data.set(column.data.subarray(from, from + width), i * width);
  }
  if (column.valid === undefined) return { kind: column.kind, data };
  const valid = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) valid[i] = column.valid[rows[i] as number] as number;
  return { kind: column.kind, data, valid };
}

/** The symbols of a column as numbers, 0 for null. */
export function symbolsOf(column: BatchColumn | undefined): Int32Array<ArrayBuffer> | undefined {
  if (column === undefined || column.kind !== 'int32') return undefined;
  return new Int32Array(column.data.buffer, column.data.byteOffset, column.data.byteLength / 4);
}

export const isNull = (column: BatchColumn | undefined, row: number): boolean => {
  if (column === undefined || column.kind === 'absent') return true;
  return column.kind === 'text' ? column.values[row] === null : column.valid !== undefined && column.valid[row] === 0;
};

/** Row by row the first column's value, else the second's: as it is when both are held alike, else as text. */
export function firstPresent(one: BatchColumn, other: BatchColumn): BatchColumn {
  if (other.kind === 'absent') return one;
  if (one.kind === 'absent') return other;
  if (one.kind === 'text' || other.kind === 'text' || one.kind !== other.kind) {
    const [a, b] = [asText(one), asText(other)];
    if (a.kind !== 'text' || b.kind !== 'text') throw new Error('ids did not become text');
    return { kind: 'text', values: a.values.map((value, row) => value ?? b.values[row] ?? null) };
  }
  if (one.valid === undefined) return one;
  const width = COLUMN_WIDTH[one.kind];
  const data = one.data.slice();
  const valid = one.valid.slice();
  for (let row = 0; row < valid.length; row++) {
    if (valid[row] === 1) continue;
    data.set(other.data.subarray(row * width, (row + 1) * width), row * width);
    valid[row] = other.valid === undefined ? 1 : (other.valid[row] as number);
  }
  return { kind: one.kind, data, valid };
}

/** Ids as text, when a number or uuid no longer fits every one of them. */
export function asText(column: BatchColumn): BatchColumn {
  if (column.kind === 'text' || column.kind === 'absent') return column;
  const count = column.data.byteLength / COLUMN_WIDTH[column.kind];
  const view = new DataView(column.data.buffer, column.data.byteOffset, column.data.byteLength);
  const values = Array.from({ length: count }, (_, row): string | null => {
    if (isNull(column, row)) return null;
    if (column.kind === 'int8') return String(view.getInt8(row));
    if (column.kind === 'int32') return String(view.getInt32(row * 4, true));
    if (column.kind === 'int64') return String(view.getBigInt64(row * 8, true));
    return uuidText(view, row * 16);
  });
  return { kind: 'text', values };
}

/** DuckDB's uuid is a 128-bit whole number, low half first, with the top bit flipped so that it sorts like its text. */
function uuidText(view: DataView, at: number): string {
  const high = view.getBigUint64(at + 8, true) ^ 0x8000_0000_0000_0000n;
  const hex = high.toString(16).padStart(16, '0') + view.getBigUint64(at, true).toString(16).padStart(16, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
