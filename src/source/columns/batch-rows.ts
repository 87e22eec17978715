import type { BatchColumn, EventBatch } from '../../core/batch.ts';
import { SYMBOL_FIELDS } from '../../core/event.ts';
import { int64Text } from './int64.ts';
import { uuidText } from './uuid.ts';

/** Values of one row of a batch by column, as text: symbols as their texts, times in microseconds, money in 1/10,000. */
export type BatchRow = Readonly<Record<string, string>>;

const SYMBOLS: ReadonlySet<string> = new Set(SYMBOL_FIELDS);

/**
 * The rows of a batch, for tests and samples; nulls are left out.
 *
 * @param symbols texts of all symbols so far; those of this batch are added
 */
export const batchRows = (batch: EventBatch, symbols: string[]): BatchRow[] => {
  batch.symbols.forEach((text, i) => {
    symbols[batch.firstSymbol + i] = text;
  });
  return Array.from({ length: batch.count }, (_, row) => batchRow(batch, row, symbols));
};

/** One row of a batch, in the form of `batchRows`. @param symbols texts of all symbols of the batch */
export const batchRow = (batch: Pick<EventBatch, 'columns'>, row: number, symbols: readonly string[]): BatchRow => {
  const values: Record<string, string> = {};
  for (const [name, column] of Object.entries(batch.columns)) {
    const value = cell(column, row);
    if (value !== null) values[name] = SYMBOLS.has(name) ? (symbols[Number(value)] ?? '?') : value;
  }
  return values;
};

const cell = (column: BatchColumn, row: number): string | null => {
  if (column.kind === 'absent') return null;
  if (column.kind === 'text') return column.values[row] ?? null;
  if (column.valid !== undefined && column.valid[row] === 0) return null;
  const { buffer, byteOffset, length } = column.data;
  if (column.kind === 'int8') return String(column.data[row]);
  if (column.kind === 'int32') return String(new Int32Array(buffer, byteOffset, length / 4)[row]);
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  return column.kind === 'int64' ? int64Text(words, row) : uuidText(words, row);
};
