import type { BatchColumn, FixedColumn } from '../core/batch.ts';
import { isNull, symbolsOf } from './columns.ts';
import { convert } from './protocol/conversion.ts';
import type { Rates } from './rates.ts';

/** Columns of raw that keep the money of events in another currency, in its own units. */
export const FOREIGN = { price: 'foreign_price', amount: 'foreign_amount' } as const;

/**
 * Keeps money of another currency apart from the shop's (semantics, "Events"): as it came, in columns of its own. `own`
 * is the symbol of the shop's currency; an event without currency is in it.
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

/**
 * Fills in the shop's money where another currency was set aside and has a rate (semantics, "Events"). The given
 * columns stay as they are: the same batch may be asked for again, at other rates.
 */
export function convertForeign(
  columns: Readonly<Record<string, BatchColumn>>,
  time: Float64Array<ArrayBuffer>,
  rates: Rates,
): Readonly<Record<string, BatchColumn>> {
  const currencies = symbolsOf(columns['currency']);
  if (currencies === undefined || rates.empty) return columns;
  const fill = (name: 'price' | 'amount'): Record<string, BatchColumn> => {
    const [own, foreign] = [columns[name], columns[FOREIGN[name]]];
    if (own?.kind !== 'int64' || foreign?.kind !== 'int64') return {};
    const data = own.data.slice();
    const valid = own.valid?.slice() ?? new Uint8Array(time.length).fill(1);
    const units = new DataView(data.buffer);
    for (let row = 0; row < time.length; row++) {
      if (isNull(foreign, row)) continue;
      const rate = rates.at(currencies[row] as number, time[row] as number);
      const converted = rate === null ? null : convert(units.getBigInt64(row * 8, true), rate);
      if (converted === null) continue;
      units.setBigInt64(row * 8, converted, true);
      valid[row] = 1;
    }
    return { [name]: { ...own, data, valid } };
  };
  return { ...columns, ...fill('price'), ...fill('amount') };
}

/** How many events have money of another currency that is not converted. */
export function unconvertedEvents(columns: Readonly<Record<string, BatchColumn>>, count: number): number {
  const open = (['price', 'amount'] as const).flatMap((name) => {
    const foreign = columns[FOREIGN[name]];
    return foreign === undefined ? [] : [{ foreign, own: columns[name] }];
  });
  if (open.length === 0) return 0;
  let events = 0;
  for (let row = 0; row < count; row++)
    if (open.some(({ foreign, own }) => !isNull(foreign, row) && isNull(own, row))) events += 1;
  return events;
}
