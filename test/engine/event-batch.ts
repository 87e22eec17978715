import type { EventBatch, PartitionProgress } from '../../src/core/batch.ts';
import { type CanonicalEvent, EVENT_COLUMNS } from '../../src/core/event.ts';
import { BatchBuilder } from '../../src/source/columns/batch-builder.ts';
import type { SymbolTable } from '../../src/source/columns/symbol-table.ts';
import { parseInstant } from '../oracle/instant.ts';
import { parseMoney } from '../oracle/money.ts';

/** An event with the partition that it comes from, as an index into the batch's partitions, and its position there. */
export interface PlacedEvent {
  readonly event: CanonicalEvent;
  readonly partition: number;
  readonly position: number;
}

type Builder = Pick<BatchBuilder, 'columns' | 'symbols' | 'count'>;

/** A batch as a parser would make it: through the same builder, column by column. */
export function eventBatch(
  placed: readonly PlacedEvent[],
  partitions: readonly PartitionProgress[],
  symbols: SymbolTable,
): EventBatch {
  const builder = new BatchBuilder(Math.max(1, placed.length), symbols);
  for (const { event, partition, position } of placed) {
    for (const { name } of EVENT_COLUMNS) write(builder, name, event);
    builder.commit(parseInstant(event.event_time), partition, position);
  }
  return builder.finish(partitions);
}

function write(
  { columns, symbols, count }: Builder,
  name: (typeof EVENT_COLUMNS)[number]['name'],
  event: CanonicalEvent,
) {
  if (name === 'amount') {
    const amount = amountOf(event);
    if (amount !== null) columns.amount.set(count, amount);
    return;
  }
  const value = event[name];
  if (value == null || name === 'event_time') return;
  switch (name) {
    case 'quantity':
      columns.quantity.set(count, Number(value));
      return;
    case 'price':
    case 'discount':
    case 'tax':
    case 'shipping':
      columns[name].set(count, Number(parseMoney(String(value))));
      return;
    case 'user_id':
    case 'anonymous_id':
    case 'session_id': {
      const text = String(value);
      const bytes = new Uint8Array(Buffer.byteLength(text) + 8);
      bytes.set(Buffer.from(text));
      const view = new DataView(bytes.buffer);
      const fits = columns[name].setCompact(count, bytes, view, 0, bytes.length - 8);
      if (!fits) columns[name].setText(count, text);
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
      columns[name].set(count, String(value));
      return;
    default:
      columns[name].set(count, symbols.idOf(String(value)));
  }
}

/** The line's total as given, else price x quantity (semantics, "Events"). */
function amountOf({ amount, price, quantity }: CanonicalEvent): number | null {
  if (amount != null) return Number(parseMoney(amount));
  return price == null ? null : Number(parseMoney(price)) * (quantity ?? 1);
}
