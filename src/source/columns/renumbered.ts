import type { BatchColumn } from '../../core/batch.ts';

/** A copy of a column of symbols with other numbers; null stays null, and has number 0. */
export function renumbered(column: BatchColumn, numberOf: (symbol: number) => number): BatchColumn {
  if (column.kind !== 'int32') return column;
  const data = column.data.slice();
  const ids = new Int32Array(data.buffer);
  for (let row = 0; row < ids.length; row += 1) ids[row] = column.valid?.[row] === 0 ? 0 : numberOf(ids[row] as number);
  return { ...column, data };
}
