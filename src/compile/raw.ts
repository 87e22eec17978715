import { EVENT_COLUMNS } from '../core/event.ts';
import type { IdWidths } from './context.ts';

/** Columns that `raw_event` has from the start, in order. */
export const RAW_BASE = [
  'seq',
  'batch',
  'part',
  'position',
  'event_time',
  'event_type',
  'category_name',
  'late',
] as const;

const TYPES: Readonly<Record<string, string>> = {
  time: 'TIMESTAMP',
  money: 'DECIMAL(18,4)',
  count: 'INTEGER',
  symbol: 'INTEGER',
  text: 'VARCHAR',
};

/** Money in another currency than the shop's, kept aside. */
const FOREIGN_MONEY = ['foreign_price', 'foreign_amount'];

/** Columns that are added when the first event has one: the event's own, foreign money, and the hash of its id. */
export const RAW_OPTIONAL: readonly string[] = [
  ...EVENT_COLUMNS.filter(({ table, name }) => table === 'raw' && !(RAW_BASE as readonly string[]).includes(name)).map(
    ({ name }) => name,
  ),
  ...FOREIGN_MONEY,
  'id_hash',
];

/** SQL type of an optional column. */
export function rawType(name: string, widths: IdWidths): string {
  if (name === 'id_hash') return 'BIGINT';
  if (FOREIGN_MONEY.includes(name)) return 'DECIMAL(18,4)';
  if (name in widths) return widths[name as keyof IdWidths];
  const column = EVENT_COLUMNS.find((each) => each.name === name);
  const type = column === undefined ? undefined : TYPES[column.store];
  if (type === undefined) throw new Error(`raw has no column ${name}`);
  return type;
}

/** All columns of an event, null where no event has had one yet, out of a table that has those that are present. */
export function rawColumns(present: readonly string[], widths: IdWidths): string {
  const optional = RAW_OPTIONAL.map((name) =>
    present.includes(name) ? name : `NULL::${rawType(name, widths)} AS ${name}`,
  );
  return [...RAW_BASE, ...optional].join(', ');
}

/**
 * The view `raw`: events as they are read, of the types that their own words were mapped to; `given_type` is the word.
 * @param types symbols of mapped words → those of the types that they stand for
 */
export function rawView(
  present: readonly string[],
  widths: IdWidths,
  types: ReadonlyMap<number, number> = new Map(),
): string {
  const mapped = [...types].map(([word, type]) => `WHEN ${word} THEN ${type}`);
  const type =
    mapped.length === 0
      ? 'event_type'
      : `(CASE raw_event.event_type ${mapped.join(' ')} ELSE raw_event.event_type END)::INTEGER AS event_type`;
  const columns = rawColumns(present, widths).replace(', event_type,', `, ${type},`);
  return `CREATE OR REPLACE VIEW raw AS SELECT ${columns}, raw_event.event_type AS given_type FROM raw_event`;
}
