import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { Reading } from '../../engine/read.ts';
import type { Json } from '../../store/value.ts';
import type { ViewPlan } from '../../view/view.ts';
import { findView } from '../find-view.ts';
import type { AskedRows } from './asked-rows.ts';
import { filterSql } from './filter.ts';
import { groupedRows } from './grouped-rows.ts';
import { type Range, within } from './range.ts';
import { chosenColumns, type TypedColumn, timeColumn, typesOf } from './view-columns.ts';
import { checkZone, instantIn, isTime, ZonedTimes } from './zoned-time.ts';

/** Rows that were asked for, as SQL on the connection that was asked. */
export interface Relation {
  readonly view: ViewPlan;
  /** In parentheses. */
  readonly sql: string;
  readonly columns: readonly TypedColumn[];
  /** Columns to order by where no others are asked for; together they tell rows apart. */
  readonly order: readonly string[];
  /** Columns that are shown. */
  readonly shown: readonly string[];
  /** How the cells of a column are said, in the place of each of `columns`. */
  readonly say: readonly ((value: Json) => Json)[];
  /** What the groups are compared with. */
  readonly compared: { readonly from: EpochMicros; readonly to: EpochMicros } | null;
}

/**
 * The rows that are asked for, or the groups that are made of them.
 * @throws FootfallError `view.unknown`, `view.column_unknown`, `cli.usage`, `query.filter`, `query.group`, `query.measure`,
 *   `query.compare`
 */
export async function relationOf(reading: Reading, asked: AskedRows): Promise<Relation> {
  const view = findView(reading, asked.view);
  if (asked.zone !== undefined) checkZone(asked.zone);
  await reading.prepare([view]);
  const typed = await typesOf(reading.database, view.name);
  const zone = asked.zone ?? 'UTC';
  const filters = (asked.where ?? []).map((each) => filterSql(each, { view: view.name, columns: typed, zone }));
  const conditions = [...filters, ...(asked.final === true ? ['is_final'] : [])];
  const range = rangeOf(view, asked, zone);
  const made =
    asked.group_by === undefined
      ? ungrouped(view, asked, typed, [...conditions, ...within(view, range)])
      : await groupedRows(reading, view, asked, { typed, conditions, range });
  const columns = asked.group_by === undefined ? typed : await typesOf(reading.database, made.sql);
  const times = asked.zone === undefined || asked.zone === 'UTC' ? null : new ZonedTimes(asked.zone);
  const say = columns.map(({ type }) =>
    times !== null && isTime(type) ? (value: Json) => times.cell(value) : (value: Json) => value,
  );
  return { view, columns, say, ...made, shown: made.shown ?? columns.map(({ name }) => name) };
}

function ungrouped(view: ViewPlan, asked: AskedRows, typed: readonly TypedColumn[], conditions: readonly string[]) {
  for (const only of ['measures', 'compare'] as const)
    if (asked[only] !== undefined)
      throw new FootfallError('cli.usage', { reason: `${only} is of groups: say what to group by`, command: 'query' });
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return {
    sql: `(SELECT * FROM ${view.name}${where})`,
    order: keyOrder(view, typed),
    shown: chosenColumns(view, asked.columns),
    compared: null,
  };
}

/** By time; then by what tells rows apart. */
function keyOrder(view: ViewPlan, typed: readonly TypedColumn[]): readonly string[] {
  const time = timeColumn(view);
  const keys = view.columns.filter(({ value: { role } }) => role === 'key' || role === 'session' || role === 'window');
  const ids = view.columns.filter(
    ({ value }) => value.role === 'field' && value.of.kind === 'column' && value.of.name === 'event_id',
  );
  // A view without keys has a row an event: its id, or all columns together.
  const rest = keys.length > 0 ? keys : ids.length > 0 ? ids : view.columns;
  const known = new Set(typed.map(({ name }) => name));
  return [...new Set([...(time === undefined ? [] : [time]), ...rest.map(({ name }) => name)])].filter((name) =>
    known.has(name),
  );
}

/** @throws FootfallError `cli.usage` for a time that is none, or for a view without time */
function rangeOf(view: ViewPlan, asked: AskedRows, zone: string): Range {
  const bound = (text: string | undefined, option: string): EpochMicros | null => {
    if (text === undefined) return null;
    if (timeColumn(view) === undefined)
      throw new FootfallError('cli.usage', {
        reason: `${option} does not fit: view ${view.name} has no time`,
        command: 'query',
      });
    return instantIn(text, option, zone);
  };
  return { from: bound(asked.from, '--from'), to: bound(asked.to, '--to') };
}
