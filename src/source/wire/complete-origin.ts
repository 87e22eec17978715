import type { BatchColumn, EventBatch } from '../../core/batch.ts';

/** What an event says about where its visit came from. */
export interface Origin {
  readonly page_url?: string | undefined;
  readonly referrer?: string | undefined;
  readonly utm_source?: string | undefined;
  readonly utm_medium?: string | undefined;
}

/** Says the channel of an origin; null where it says none. */
export type ChannelRule = (origin: Origin) => string | null;

const SAID = ['page_url', 'referrer', 'utm_source', 'utm_medium'] as const;

/**
 * The batch with channel and country where its events bring none.
 *
 * @param batch with symbols of its own
 * @param country of the sender; null: not known
 */
export function completeOrigin(batch: EventBatch, channelOf: ChannelRule, country: string | null): EventBatch {
  const silent = SAID.every((name) => (batch.columns[name]?.kind ?? 'absent') === 'absent');
  if (silent && country === null) return batch;
  const symbols = [...batch.symbols];
  const numbers = new Map<string, number>();
  const symbolOf = (text: string): number => {
    if (numbers.size === 0) for (const [i, each] of symbols.entries()) numbers.set(each, i);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, symbols.length);
    return symbols.push(text) - 1;
  };
  const readers = SAID.map((name) => reader(batch.columns[name], symbols));
  const channels = filled(batch.columns['channel'], batch.count, (row) => {
    const [page_url, referrer, utm_source, utm_medium] = readers.map((read) => read(row));
    const channel = channelOf({ page_url, referrer, utm_source, utm_medium });
    return channel === null ? -1 : symbolOf(channel);
  });
  const countries =
    country === null ? undefined : filled(batch.columns['country'], batch.count, () => symbolOf(country));
  if (channels === undefined && countries === undefined) return batch;
  return {
    ...batch,
    symbols,
    columns: {
      ...batch.columns,
      ...(channels === undefined ? {} : { channel: channels }),
      ...(countries === undefined ? {} : { country: countries }),
    },
  };
}

/** Reads a column's texts. */
function reader(column: BatchColumn | undefined, symbols: readonly string[]): (row: number) => string | undefined {
  if (column?.kind === 'text') return (row) => column.values[row] ?? undefined;
  if (column?.kind !== 'int32') return () => undefined;
  const ids = new Int32Array(column.data.buffer, column.data.byteOffset, column.data.length / 4);
  return (row) => (column.valid?.[row] === 0 ? undefined : symbols[ids[row] as number]);
}

/** A column of symbols with its empty rows filled; undefined where that fills none. @param fill negative: stays empty */
function filled(
  column: BatchColumn | undefined,
  count: number,
  fill: (row: number) => number,
): BatchColumn | undefined {
  const given = column?.kind === 'int32' ? column : undefined;
  if (given !== undefined && given.valid === undefined) return undefined;
  const data = given === undefined ? new Uint8Array(count * 4) : given.data.slice(0, count * 4);
  const valid = given?.valid?.slice(0, count) ?? new Uint8Array(count);
  const ids = new Int32Array(data.buffer);
  let any = false;
  for (let row = 0; row < count; row += 1) {
    if (valid[row] !== 0) continue;
    const id = fill(row);
    if (id < 0) continue;
    ids[row] = id;
    valid[row] = 1;
    any = true;
  }
  if (!any) return undefined;
  return valid.includes(0) ? { kind: 'int32', data, valid } : { kind: 'int32', data };
}
