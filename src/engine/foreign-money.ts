import type { BatchColumn, FixedColumn } from '../core/batch.ts';
import { isNull, symbolsOf } from './columns.ts';

/** Columns of raw that keep the money of events in another currency, in its own units. */
export const FOREIGN = { price: 'foreign_price', amount: 'foreign_amount' } as const;

/**
 * Keeps money of another currency out of the shop's (semantics 4): without a rate, an event counts but its price and
 * amount do not. They are set aside in columns of their own, for when there is a rate. `own` is the symbol of the shop's
 * currency; an event without currency is in it.
 */
export function setForeignAside(
  columns: Readonly<Record<string, BatchColumn>>,
  count: number,
  own: number,
): Readonly<Record<string, BatchColumn>> {
  const currencies = symbolsOf(columns['currency']);
  if (currencies === undefined) return columns;
  const foreign: number[] = [];
  for (let row = 0; row < count; row++)
    if (currencies[row] !== own && !isNull(columns['currency'], row)) foreign.push(row);
  if (foreign.length === 0) return columns;
  const split = (name: 'price' | 'amount'): Record<string, BatchColumn> => {
    const column = columns[name];
    if (column?.kind !== 'int64') return {};
    const valid = column.valid?.slice() ?? new Uint8Array(count).fill(1);
    const aside = new Uint8Array(count);
    for (const row of foreign) {
      aside[row] = valid[row] as number;
      valid[row] = 0;
    }
    const kept: FixedColumn = { ...column, valid };
    return { [name]: kept, [FOREIGN[name]]: { ...column, valid: aside } };
  };
  return { ...columns, ...split('price'), ...split('amount') };
}
