import { type ColumnStore, EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import { FOREIGN } from '../foreign-money.ts';

/** What a column of raw (`r`) or raw_extra (`x`) says, for people and other programs: text, money as it came, ids as sent. */
const written = (name: EventField, store: ColumnStore, table: 'raw' | 'raw_extra'): string => {
  // Words that were mapped are written as they came: the mapping is a fact.
  const column = `${table === 'raw' ? 'r' : 'x'}.${name === 'event_type' ? 'given_type' : name}`;
  if (name === 'price' || name === 'amount') return `coalesce(r.${FOREIGN[name]}, ${column}) AS ${name}`;
  // Words by their place in a list: a join for each of the columns took four times as long.
  if (store === 'symbol') return `getvariable('lake_words')[${column}] AS ${name}`;
  if (store === 'id') return `${column}::VARCHAR AS ${name}`;
  return `${column} AS ${name}`;
};

/** What is read back of a column of a file: times in microseconds, money in 1/10,000, all else as it is. */
const readBack = (name: EventField, store: ColumnStore): string => {
  if (store === 'money') return `(${name} * 10000)::BIGINT AS ${name}`;
  if (store === 'time') return `epoch_us(${name}) AS ${name}`;
  return name;
};

/** All columns of an event, as they are written. */
export const WRITTEN = EVENT_COLUMNS.map(({ name, store, table }) => written(name, store, table)).join(', ');
/** And as they are read back. */
export const READ_BACK = EVENT_COLUMNS.map(({ name, store }) => readBack(name, store)).join(', ');
