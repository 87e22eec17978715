import type { Measure } from '../view/measure.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import type { CompileContext } from './context.ts';
import { inputScope, layoutOf } from './layout.ts';
import { PROVENANCE, present } from './present.ts';
import { measureSql, type StateSpec, stateName, statesOf } from './state.ts';

/** Rows of a view made into fewer: SQL of one number of a group, over the relation of `statefulRows`. */
export interface Combined {
  readonly name: string;
  /** Aggregates over the rows of a group, by the name under which `value` reads them. */
  readonly aggregates: Readonly<Record<string, string>>;
  readonly value: string;
  /** What is said of a group without rows. */
  readonly nothing: string;
}

/** Why a measure cannot be made from those of several rows. */
export type Uncombined = 'distinct' | 'quantile' | 'order';

/** How the states of several rows become those of one: exact numbers are added up, whatever is made from them later. */
const STATES: Readonly<Record<StateSpec['fn'], 'sum' | 'min' | 'max' | Uncombined>> = {
  count: 'sum',
  present: 'sum',
  sum: 'sum',
  squares: 'sum',
  min: 'min',
  max: 'max',
  distinct: 'distinct',
  quantile: 'quantile',
  list: 'order',
  sequence: 'order',
  first: 'order',
  last: 'order',
};

const state = (spec: StateSpec): string => `"s.${stateName(spec)}"`;
const ELAPSED = 'elapsed_micros';

/**
 * Published columns of rows in stored form, with the states that measures are made from as `s.NAME`, so that a measure
 * of many rows is one formula over exact sums, too.
 */
export function statefulRows(view: ViewPlan, rows: string, context: CompileContext): string {
  const states = layoutOf(view, context).states.map(({ name }) => `"${name}" AS "s.${name}"`);
  const { dialect } = context;
  const elapsed = view.kind.kind === 'session' ? [`${ELAPSED} AS "s.${ELAPSED}"`] : [];
  const from =
    elapsed.length === 0
      ? rows
      : `SELECT *, ${dialect.elapsed('session_start', 'session_end')} AS ${ELAPSED} FROM (${rows})`;
  return present(view, from, context, [...PROVENANCE, ...states, ...elapsed]);
}

/** Why the measure of a group cannot be made from the rows of it; null when it can. */
export function whyUncombined(measure: Measure): Uncombined | null {
  if (measure.kind === 'list') return null;
  for (const { fn } of statesOf(measure)) {
    const how = STATES[fn];
    if (how === 'distinct' || how === 'quantile' || how === 'order') return how;
  }
  return null;
}

/** A measure of a group, as the view would have counted the group. Caller makes sure that it can be combined. */
export function combined(
  view: ViewPlan,
  name: string,
  measure: Measure,
  context: CompileContext,
): Omit<Combined, 'name'> {
  if (measure.kind === 'list')
    return {
      aggregates: { [`l.${name}`]: `list_sort(list_distinct(flatten(coalesce(list("${name}"), []))))` },
      value: `"l.${name}"`,
      nothing: '[]',
    };
  const scope = inputScope(view, context);
  const types = new Map(layoutOf(view, context).states.map((each) => [each.name, each.type]));
  const aggregates = statesOf(measure).map((spec): [string, string] => {
    const how = STATES[spec.fn];
    if (how !== 'sum') return [stateName(spec), `${how}(${state(spec)})`];
    const type = context.dialect.sqlType(types.get(stateName(spec)) ?? 'integer');
    return [stateName(spec), `coalesce(sum(${state(spec)}), 0)::${type}`];
  });
  const { sql } = measureSql(measure, scope, context);
  return { aggregates: Object.fromEntries(aggregates), value: sql, nothing: nothingOf(measure) };
}

/** Sums over nothing are 0 (semantics, "Measures"). */
function nothingOf({ kind }: Measure): string {
  if (kind === 'has') return 'FALSE';
  return kind === 'count' || kind === 'sum' || kind === 'plus' ? '0' : 'NULL';
}

/** The whole lengths of sessions together, divided once. */
export const summedLengths = ({ name, value }: ColumnPlan, context: CompileContext): Omit<Combined, 'name'> => ({
  aggregates: { [`e.${name}`]: `coalesce(sum("s.${ELAPSED}"), 0)` },
  value: `${context.dialect.toDouble(`"e.${name}"`)} / ${value.role === 'elapsed' ? value.unit : 1}`,
  nothing: '0',
});
