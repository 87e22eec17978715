import { EVENT_COLUMNS, type EventField } from '../core/event.ts';
import type { ViewPlan } from '../view/view.ts';
import type { Dialect, Sql, ValueType } from './dialect/dialect.ts';

/** How ids are held at present: as numbers while every one round-trips, else as text (semantics, "Events"). */
export type IdWidth = 'BIGINT' | 'UUID' | 'VARCHAR';
export interface IdWidths {
  readonly user_id: IdWidth;
  readonly anonymous_id: IdWidth;
  readonly session_id: IdWidth;
}

/** What compiling needs to know besides the view: pure data and look-ups, no I/O. */
export interface CompileContext {
  readonly dialect: Dialect;
  /** IANA name of the shop's zone. */
  readonly zone: string;
  readonly widths: IdWidths;
  /** Id of a text in the symbol table; every literal of every view is registered before compiling. */
  readonly symbol: (text: string) => number;
  /** Whether any event has a session id and no visitor: such ones look for the session's only visitor. */
  readonly orphans: boolean;
  /** Views by name, for rollups. */
  readonly views: ReadonlyMap<string, ViewPlan>;
}

/** Looks up a column where an expression stands. */
export type Scope = (name: string) => Sql;

/** One width for user_id and anonymous_id together: the common one, else text. */
export function visitorWidth(widths: IdWidths): IdWidth {
  return widths.user_id === widths.anonymous_id ? widths.user_id : 'VARCHAR';
}

const stores: Readonly<Record<string, ValueType>> = {
  time: 'time',
  money: 'money',
  count: 'integer',
  symbol: 'symbol',
  id: 'id',
  text: 'text',
};

const fields = new Map<string, ValueType>(EVENT_COLUMNS.map(({ name, store }) => [name, stores[store] ?? 'text']));

/** Width of a column of ids made from this SQL: sessions have one of their own, all others are people. */
export const idWidth = (sql: string, widths: IdWidths): IdWidth =>
  sql === 'session_id' ? widths.session_id : visitorWidth(widths);

/** SQL for user_id, else anonymous_id, as sent. */
export function visitorSql(widths: IdWidths): string {
  if (widths.user_id === widths.anonymous_id) return 'coalesce(user_id, anonymous_id)';
  return 'coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)';
}

/** Columns of `raw`, plus those that every event has by derivation. */
export const eventScope =
  (context: CompileContext): Scope =>
  (name) => {
    if (name === 'visitor') return { sql: visitorSql(context.widths), type: 'id' };
    if (name === 'category_name') return { sql: 'category_name', type: 'symbol' };
    if (name === 'event_id') return { sql: EVENT_ID, type: 'text' };
    const type = fields.get(name satisfies string as EventField);
    if (type === undefined) throw new Error(`no column ${name} in the canonical event`);
    return { sql: name, type };
  };

/** An event's id: as sent, else made from its partition's fingerprint and its position (semantics, "Events"). */
export const EVENT_ID = `coalesce(event_id, (SELECT p.partition_key FROM partition p WHERE p.id = part) || ':0:' || lpad(position::VARCHAR, 20, '0'))`;
