import { type Combined, statefulRows } from '../../compile/regroup.ts';
import { isStored } from '../../compile/tables.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import { visibleRows } from '../../engine/kinds/live-table.ts';
import { calendarWindows } from '../../engine/protocol/calendar.ts';
import type { Reading } from '../../engine/read.ts';
import { periodSql } from '../../journey/periods.ts';
import type { Period } from '../../journey/question.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { AskedRows } from './asked-rows.ts';
import { comparedRows } from './compared-rows.ts';
import { comparisonOf } from './comparison.ts';
import { type GroupKeys, groupKeys } from './group-keys.ts';
import { measuresOf } from './measures.ts';
import { type Range, within } from './range.ts';
import { type TypedColumn, timeColumn } from './view-columns.ts';
import { isTime } from './zoned-time.ts';

/** Names of the columns that say which calendar period a group is of. */
export const PERIOD = ['period_start', 'period_end'] as const;
/** More groups of time than these are no answer that anybody reads, and a long list in a query. */
const MOST_PERIODS = 9_000;
const SHORTEST = { hour: 1800e6, day: 82_800e6, week: 600_000e6, month: 2_400_000e6 } as const;

/** What is known of the rows before they are grouped. */
export interface Ungrouped {
  readonly typed: readonly TypedColumn[];
  readonly conditions: readonly string[];
  readonly range: Range;
}

/**
 * Groups of a view's rows. A row belongs to the calendar period in which it begins. Measures are computed anew from
 * exact sums; of windows that overlap only those count that follow each other without a gap, so that nothing counts
 * twice.
 *
 * @throws FootfallError `query.group`, `query.measure`, `query.compare`, `cli.usage`
 */
export async function groupedRows(
  reading: Reading,
  view: ViewPlan,
  asked: AskedRows,
  { typed, conditions, range }: Ungrouped,
) {
  if (asked.columns !== undefined)
    throw new FootfallError('cli.usage', {
      reason: 'groups have no columns to choose from: measures say what is shown of them',
      command: 'query',
    });
  const keys = groupKeys(view, asked.group_by ?? [], typed);
  const measures = measuresOf(asked.measures, { view, columns: typed, context: reading.context, keys: keys.columns });
  const zone = asked.zone ?? reading.settings.zone;
  const rows = {
    view,
    keys,
    measures,
    source: isStored(view)
      ? `(${statefulRows(view, `SELECT * FROM ${visibleRows(view)}`, reading.context)})`
      : view.name,
    conditions: [...conditions, ...tiling(view, keys)],
  };
  if (asked.compare !== undefined) {
    // Rows of two ranges never have the same time: each would be compared with nothing.
    const time = keys.columns.find((name) => typed.some((each) => each.name === name && isTime(each.type)));
    if (time !== undefined)
      throw new FootfallError('query.compare', {
        reason: `${time} is never the same in two ranges: group by hour, day, week or month instead`,
      });
    const comparison = comparisonOf(asked.compare, range, keys.unit, zone);
    return comparedRows(reading.database, rows, comparison);
  }
  const spanned = keys.unit === null ? null : await spanOf(reading, view, rows.conditions, range);
  const periods = keys.unit === null || spanned === null ? [] : periodsIn(view, keys.unit, spanned, zone);
  const { sql } = sideSql(rows, range, keys.unit === null ? null : periodSql(`"${timeColumn(view)}"`, periods));
  const named = [...keys.columns.map((name) => `"${name}"`), ...periodColumns(keys, periods)];
  const values = measures.map(({ name }) => `"${name}"`);
  return {
    sql: `(SELECT ${[...named, ...values, 'is_final'].join(', ')} FROM (${sql}))`,
    order: orderOf(keys),
    shown: undefined,
    compared: null,
  };
}

/** Time first, then the columns. */
export const orderOf = ({ unit, columns }: GroupKeys): readonly string[] => [
  ...(unit === null ? [] : [PERIOD[0]]),
  ...columns,
];

export interface GroupedSource {
  readonly view: ViewPlan;
  readonly keys: GroupKeys;
  readonly measures: readonly Combined[];
  readonly source: string;
  readonly conditions: readonly string[];
}

/** Groups of the rows of a range: the columns, `period` where there is one, the measures, and whether all is final. */
export function sideSql(
  { view, keys, measures, source, conditions }: GroupedSource,
  range: Range,
  period: string | null,
): { readonly sql: string } {
  const where = [...conditions, ...within(view, range)];
  const named = [...keys.columns.map((name) => `"${name}"`), ...(period === null ? [] : [`${period} AS period`])];
  const aggregates = new Map(measures.flatMap((measure) => Object.entries(measure.aggregates)));
  const inner = [
    ...named.map((each, i) => (i < keys.columns.length ? `${each} AS "g${i}"` : each)),
    ...[...aggregates].map(([name, sql]) => `${sql} AS "${name}"`),
    'coalesce(bool_and(is_final), TRUE) AS "f.final"',
  ];
  const rows = `SELECT ${inner.join(', ')} FROM ${source}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}${named.length === 0 ? '' : ' GROUP BY ALL'}`;
  const outer = [
    ...keys.columns.map((name, i) => `"g${i}" AS "${name}"`),
    ...(period === null ? [] : ['period']),
    ...measures.map(({ name, value }) => `${value} AS "${name}"`),
    '"f.final" AS is_final',
  ];
  return {
    sql: `SELECT ${outer.join(', ')} FROM (${rows})${period === null ? '' : ' WHERE period IS NOT NULL'}`,
  };
}

/** Start and end of a numbered period. */
export function periodColumns({ unit }: GroupKeys, periods: readonly Period[]): readonly string[] {
  if (unit === null) return [];
  const list = (edge: 'start' | 'end'): string =>
    `([${periods.map((period) => period[edge]).join(', ')}]::BIGINT[])[period + 1]`;
  return [`make_timestamp(${list('start')}) AS ${PERIOD[0]}`, `make_timestamp(${list('end')}) AS ${PERIOD[1]}`];
}

/** @throws FootfallError `query.group` for more than anybody reads */
export function periodsIn(
  view: ViewPlan,
  unit: NonNullable<GroupKeys['unit']>,
  { from, to }: { readonly from: EpochMicros; readonly to: EpochMicros },
  zone: string,
): readonly Period[] {
  if ((to - from) / SHORTEST[unit] > MOST_PERIODS)
    throw new FootfallError('query.group', {
      view: view.name,
      group: unit,
      reason: `that would be more than ${MOST_PERIODS} periods: take a longer one, or a shorter range`,
    });
  return calendarWindows(from, to, unit, zone);
}

/** From the first to past the last row there is. */
async function spanOf(
  { database }: Reading,
  view: ViewPlan,
  conditions: readonly string[],
  range: Range,
): Promise<{ readonly from: EpochMicros; readonly to: EpochMicros } | null> {
  const where = [...conditions, ...within(view, range)];
  const time = `epoch_us("${timeColumn(view)}")`;
  const row = await database.one(
    `SELECT min(${time}) AS first, max(${time}) AS last FROM ${view.name}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`,
  );
  return row?.['first'] == null ? null : { from: Number(row['first']), to: Number(row['last']) + 1 };
}

/** Of windows that overlap those that lie side by side, unless rows of different windows stay apart anyway. */
function tiling(view: ViewPlan, { columns }: GroupKeys): readonly string[] {
  const { name, kind } = view;
  if (!('windowing' in kind) || kind.windowing.shape !== 'sliding') return [];
  const edges = view.columns.filter(({ value }) => value.role === 'window').map((column) => column.name);
  if (edges.some((edge) => columns.includes(edge))) return [];
  const { size, step } = kind.windowing;
  if (size % step !== 0)
    throw new FootfallError('query.group', {
      view: name,
      group: 'time',
      reason: `its windows overlap and cannot be laid side by side; only group_by=${edges[0]} keeps them apart`,
    });
  return [`epoch_us("${timeColumn(view)}") % ${size} = 0`];
}
