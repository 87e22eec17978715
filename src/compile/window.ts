import type { EpochMicros } from '../core/time.ts';
import type { Windowing } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import type { CompileContext } from './context.ts';
import { compileWhere } from './expression.ts';
import { aggregatesOf, inputScope, type Layout, layoutOf } from './layout.ts';

/** A stretch of time, microseconds, start inclusive and end exclusive. */
export interface Span {
  readonly start: EpochMicros;
  readonly end: EpochMicros;
}

/** Which windows to compute. */
export type WindowScope =
  /** Windows that start in the span, of a fixed width; an end of Infinity means all later ones. */
  | { readonly by: 'starts'; readonly span: Span }
  /** Just these windows. */
  | { readonly by: 'windows'; readonly windows: readonly Span[] };

export const between = (column: string, { start, end }: Span, { dialect }: CompileContext): string =>
  end === Number.POSITIVE_INFINITY
    ? `${column} >= ${dialect.instant(start)}`
    : `${column} >= ${dialect.instant(start)} AND ${column} < ${dialect.instant(end)}`;

/** From the first to the last event that any window of the scope can hold. */
export function coveredBy(scope: WindowScope, windowing: Windowing): Span {
  const overhang = windowing.shape === 'sliding' ? windowing.size - windowing.step : 0;
  if (scope.by === 'starts') return { start: scope.span.start, end: scope.span.end + overhang };
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const window of scope.windows) {
    start = Math.min(start, window.start);
    end = Math.max(end, window.end);
  }
  return { start, end };
}

/**
 * `rows(slice)` of windows over rows with a time: SQL that yields the stored columns and `late_events`.
 * Each row of `source` is put in every window of the scope that its time falls in, then grouped once.
 */
export function windowedRows(
  source: string,
  time: string,
  where: string,
  windowing: Windowing,
  scope: WindowScope,
  layout: Layout,
  late: string,
  context: CompileContext,
): string {
  const { dialect } = context;
  const dimensions = layout.keys.filter(({ from }) => from !== undefined);
  const groups = ['w', ...dimensions.map(({ name }) => `"${name}"`)];
  const aggregates = aggregatesOf(layout, context);
  const finished = layout.states.map(({ name, finish }) => (finish === name ? `"${name}"` : `${finish} AS "${name}"`));
  const named = dimensions.map(({ name, from }) => `${from} AS "${name}"`);
  const select = (placed: readonly string[], from: string, condition: string) =>
    `SELECT ${[...placed, ...named, ...aggregates, `${late} AS late_events`].join(', ')} FROM ${from} WHERE ${condition} GROUP BY ALL`;

  if (windowing.shape === 'calendar') {
    if (scope.by !== 'windows') throw new Error('calendar windows are named one by one');
    const each = scope.windows.map(({ start, end }) =>
      select(
        [`${dialect.instant(start)} AS window_start`, `${dialect.instant(end)} AS window_end`],
        source,
        `${between(time, { start, end }, context)} AND ${where}`,
      ),
    );
    const columns = ['window_start', 'window_end', ...groups.slice(1), ...finished, 'late_events'];
    return `SELECT ${columns.join(', ')} FROM (${each.join(' UNION ALL ')})`;
  }

  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  const panes = windowing.size / step;
  const inScope =
    scope.by === 'starts'
      ? bucketRange('w', scope.span, step)
      : `w IN (${scope.windows.map(({ start }) => start / step).join(', ')})`;
  // One stretch from the first to the last window, and a look-up of whole numbers: a range for each would cost more.
  const covered = between(time, coveredBy(scope, windowing), context);
  const bucket = dialect.bucket(time, step);
  // One copy of a row for each pane of the window: the shift is on whole numbers, and each copy is grouped once.
  const copies = Array.from(
    { length: panes },
    (_, shift) =>
      `SELECT ${shift === 0 ? bucket : `${bucket} - ${shift}`} AS w, * FROM ${source} WHERE ${covered} AND ${where}`,
  );
  const grouped =
    panes === 1 && scope.by === 'starts'
      ? select([`${bucket} AS w`], source, `${covered} AND ${where}`)
      : select(['w'], `(${copies.join(' UNION ALL ')})`, inScope);
  const columns = [`${dialect.bucketTime('w', step)} AS window_start`, ...groups.slice(1), ...finished, 'late_events'];
  return `SELECT ${columns.join(', ')} FROM (${grouped})`;
}

const bucketRange = (column: string, { start, end }: Span, step: number): string =>
  end === Number.POSITIVE_INFINITY
    ? `${column} >= ${start / step}`
    : `${column} >= ${start / step} AND ${column} < ${end / step}`;

/** Rows of a window view over raw events. */
export function windowRows(view: ViewPlan, scope: WindowScope, context: CompileContext): string {
  if (view.kind.kind !== 'window') throw new Error(`${view.name} is not a window view`);
  const where = compileWhere(view.where, inputScope(view, context), context);
  const late = context.dialect.countIf('late');
  return windowedRows('raw', 'event_time', where, view.kind.windowing, scope, layoutOf(view, context), late, context);
}

/** Rows of a rollup over `source`, which has the stored columns of its parent. */
export function rollupRows(view: ViewPlan, scope: WindowScope, source: string, context: CompileContext): string {
  if (view.kind.kind !== 'rollup') throw new Error(`${view.name} is not a rollup`);
  const where = compileWhere(view.where, inputScope(view, context), context);
  const time = inputScope(view, context)(view.kind.on).sql;
  const late = context.dialect.sum({ sql: 'late_events', type: 'integer' });
  return windowedRows(source, time, where, view.kind.windowing, scope, layoutOf(view, context), late, context);
}
