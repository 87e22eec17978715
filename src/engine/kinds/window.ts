import type { CompileContext } from '../../compile/context.ts';
import { resultTable } from '../../compile/layout.ts';
import { type Span, type WindowScope, windowRows } from '../../compile/window.ts';
import { days, type EpochMicros } from '../../core/time.ts';
import { type Cut, cutOf } from '../../view/kind.ts';
import type { ViewPlan } from '../../view/view.ts';
import { crashPoint } from '../crash-point.ts';
import { dirtyWindows } from '../dirty-marks.ts';
import { calendarWindows } from '../protocol/calendar.ts';
import { closedBefore } from '../protocol/frontier.ts';
import type { ShopSnapshot } from '../shop.ts';
import { closedUntil, frontierOf, type KindEngine, type Sides, startsAmong, startsIn } from './kind-engine.ts';
import { nothingLive } from './live-table.ts';

/** `rows(slice)` of a kind whose slices are windows over raw events. */
type WindowRows = (view: ViewPlan, scope: WindowScope, context: CompileContext) => string;

const cutOfView = ({ name, kind }: ViewPlan): Cut => {
  const cut = cutOf(kind);
  if (cut === null) throw new Error(`${name} has no windows over events`);
  return cut;
};

/** Windows over raw events. Slice: the window. */
export const windowed = (rowsOf: WindowRows): KindEngine => ({
  async close(run, view) {
    const { windowing, reach } = cutOfView(view);
    const { shop, extent } = run;
    const { zone } = shop.settings;
    const from = run.before(view).until;
    const bound = closedBefore(windowing, run.watermark - reach, extent, zone);
    const until = Math.max(from, bound.until);
    const end = run.byEnd ? Number.POSITIVE_INFINITY : until;
    if (end > from) {
      const start = Math.max(from, bound.first);
      const scope: WindowScope =
        windowing.shape === 'calendar'
          ? { by: 'windows', windows: calendarWindows(start, Math.min(end, extent.end + 1), windowing.unit, zone) }
          : { by: 'starts', span: { start, end } };
      if (scope.by === 'starts' || scope.windows.length > 0)
        await run.write(view, rowsOf(view, scope, shop.context), startsIn({ start, end }, shop), run.reopened);
    }
    const dirty = (await dirtyWindows(shop, view)).filter(({ start }) => start < from);
    if (dirty.length > 0) {
      const starts = dirty.map(({ start }) => start);
      const rows = rowsOf(view, { by: 'windows', windows: dirty }, shop.context);
      await run.restate(view, rows, startsAmong(starts, shop), run.cause);
    }
    crashPoint('finalize.dirty_recomputed');
    return { until, held: [] };
  },

  async live(shop, view, table) {
    const { database, context, extent, settings } = shop;
    const { windowing } = cutOfView(view);
    if (extent === null) return nothingLive(shop, view, table);
    const { first } = closedBefore(windowing, Number.NEGATIVE_INFINITY, extent, settings.zone);
    const start = Math.max(frontierOf(shop, view).until, first);
    const scope: WindowScope =
      windowing.shape === 'calendar'
        ? { by: 'windows', windows: calendarWindows(start, extent.end + 1, windowing.unit, settings.zone) }
        : { by: 'starts', span: { start, end: Number.POSITIVE_INFINITY } };
    if (scope.by === 'windows' && scope.windows.length === 0) return nothingLive(shop, view, table);
    await database.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${rowsOf(view, scope, context)}`);
    return `window_start < ${context.dialect.instant(start)}`;
  },

  dated: true,

  /** A day at a time, so that the memory that is needed does not grow with history; days in which nothing is are left out. */
  async sides(shop, view, asked) {
    const { extent, settings } = shop;
    if (extent === null) return [];
    const { windowing } = cutOfView(view);
    const { first } = closedBefore(windowing, Number.NEGATIVE_INFINITY, extent, settings.zone);
    const end = Math.min(closedUntil(shop, view), extent.end + 1);
    if (windowing.shape === 'calendar') {
      const all = calendarWindows(
        Math.max(first, asked.start),
        Math.min(end, asked.end),
        windowing.unit,
        settings.zone,
      );
      const windows = all.filter(({ start }) => start >= asked.start && start < asked.end);
      return windows.map((window) =>
        sidesOf(
          shop,
          view,
          rowsOf,
          { by: 'windows', windows: [window] },
          { start: window.start, end: window.start + 1 },
        ),
      );
    }
    const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
    const last = Math.ceil(end / step) * step;
    if (Number.isFinite(asked.start)) {
      const span = { start: Math.max(first, Math.ceil(asked.start / step) * step), end: Math.min(last, asked.end) };
      return span.end > span.start ? [sidesOf(shop, view, rowsOf, { by: 'starts', span }, span)] : [];
    }
    const stretch = Math.ceil(days(1) / step) * step;
    const at = (time: string) => `(epoch_us(${time}) - ${first}) // ${stretch}`;
    // An event is in windows that begin at most a window's size before it.
    const filled = await shop.database.rows(
      `SELECT DISTINCT unnest(range(lo, hi + 1)) AS i FROM (SELECT DISTINCT ${at(`event_time - to_microseconds(${windowing.size})`)} AS lo, ${at('event_time')} AS hi FROM raw UNION SELECT ${at('window_start')}, ${at('window_start')} FROM ${resultTable(view)}) ORDER BY 1`,
    );
    const stretches = filled.map(({ i }) => Number(i)).filter((i) => i >= 0 && first + i * stretch < last);
    const within = stretches.map((i) => {
      const span = { start: first + i * stretch, end: Math.min(last, first + (i + 1) * stretch) };
      return sidesOf(shop, view, rowsOf, { by: 'starts', span }, span);
    });
    const stored = `SELECT * FROM ${resultTable(view)} WHERE`;
    return [...within, { should: `${stored} FALSE`, is: `${stored} ${startsBefore(first, shop)}` }];
  },
});

export const windows = windowed(windowRows);

/** No event lies so early: whatever is stored there is wrong. */
const startsBefore = (first: EpochMicros, { context: { dialect } }: ShopSnapshot): string =>
  `window_start < ${dialect.instant(first)}`;

/** Windows with a mark that waits are left out on both sides. */
function sidesOf(shop: ShopSnapshot, view: ViewPlan, rowsOf: WindowRows, scope: WindowScope, starts: Span): Sides {
  const settled = `window_start NOT IN (SELECT make_timestamp(window_start) FROM dirty_window WHERE view = '${view.name}')`;
  return {
    should: `SELECT * FROM (${rowsOf(view, scope, shop.context)}) WHERE ${settled}`,
    is: `SELECT * FROM ${resultTable(view)} WHERE ${startsIn(starts, shop)} AND ${settled}`,
  };
}
