import type { BatchColumn, EventBatch } from '../../core/batch.ts';
import { EVENT_COLUMNS } from '../../core/event.ts';

const SYMBOLS = EVENT_COLUMNS.filter(({ store }) => store === 'symbol').map(({ name }) => name);

/**
 * The batch with symbols of its own, counted from 0: it can be read without those that came before it.
 * @param textOf the texts of its symbols so far
 */
export function withOwnSymbols(batch: EventBatch, textOf: (symbol: number) => string | undefined): EventBatch {
  const own = new Map<number, number>();
  const columns: Record<string, BatchColumn> = { ...batch.columns };
  for (const name of SYMBOLS) {
    const column = batch.columns[name];
    if (column?.kind !== 'int32') continue;
    const data = column.data.slice();
    const ids = new Int32Array(data.buffer);
    for (let row = 0; row < batch.count; row += 1) {
      const id = ids[row] as number;
      if (column.valid?.[row] === 0) ids[row] = 0;
      else {
        if (!own.has(id)) own.set(id, own.size);
        ids[row] = own.get(id) as number;
      }
    }
    columns[name] = { ...column, data };
  }
  return { ...batch, columns, symbols: Array.from(own.keys(), (id) => textOf(id) ?? ''), firstSymbol: 0 };
}
