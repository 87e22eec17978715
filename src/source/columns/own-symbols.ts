import type { BatchColumn, EventBatch } from '../../core/batch.ts';
import { SYMBOL_FIELDS } from '../../core/event.ts';
import { renumbered } from './renumbered.ts';

/**
 * The batch with symbols of its own, counted from 0: it can be read without those that came before it.
 * @param textOf the texts of its symbols so far
 */
export function withOwnSymbols(batch: EventBatch, textOf: (symbol: number) => string | undefined): EventBatch {
  const own = new Map<number, number>();
  const numberOf = (symbol: number): number => {
    const known = own.get(symbol);
    if (known !== undefined) return known;
    own.set(symbol, own.size);
    return own.size - 1;
  };
  const columns: Record<string, BatchColumn> = { ...batch.columns };
  for (const name of SYMBOL_FIELDS) {
    const column = batch.columns[name];
    if (column !== undefined) columns[name] = renumbered(column, numberOf);
  }
  return { ...batch, columns, symbols: Array.from(own.keys(), (id) => textOf(id) ?? ''), firstSymbol: 0 };
}
