import { layoutOf, openTable, resultTable, storedColumns } from '../../compile/layout.ts';
import { ofStrand, STRANDS, sessionKind, strandEvents } from '../../compile/session.ts';
import { rollupRows } from '../../compile/window.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { RollupKind, Windowing } from '../../view/kind.ts';
import type { ViewPlan } from '../../view/view.ts';
import { closedBefore, HOLD_LIMIT, heldWindows } from '../protocol/frontier.ts';
import type { ShopSnapshot } from '../shop.ts';
import {
  allClosed,
  closedUntil,
  type FinalizerRun,
  frontierOf,
  type KindEngine,
  liesIn,
  startsAmong,
  startsIn,
} from './kind-engine.ts';
import { visibleRows } from './live-table.ts';
import { sessionSides } from './session.ts';

type FixedWindowing = Exclude<Windowing, { shape: 'calendar' }>;

interface RollupParts {
  readonly kind: RollupKind;
  readonly windowing: FixedWindowing;
  readonly parent: ViewPlan;
}

function partsOf(shop: ShopSnapshot, { name, kind }: ViewPlan): RollupParts {
  if (kind.kind !== 'rollup') throw new Error(`${name} is not a rollup`);
  const parent = shop.view(kind.parent);
  if (parent === undefined) throw new Error(`${name} has no parent`);
  if (kind.windowing.shape === 'calendar') throw new Error('calendar rollups do not exist yet');
  return { kind, windowing: kind.windowing, parent };
}

/** Windows over the rows of a session view. Slice: the window. */
export const rollups: KindEngine = {
  async close(run, view) {
    const { shop, watermark } = run;
    const { windowing, parent } = partsOf(shop, view);
    const before = run.before(view);
    const bound = closedBefore(windowing, watermark - sessionKind(parent).gap, run.extent, shop.settings.zone);
    const until = Math.max(before.until, bound.until);
    const open = run.byEnd ? [] : await openStarts(run, parent, until + windowing.size);
    // A window that was closed once stays closed: what reaches back into it restates it.
    const mayHold = (start: EpochMicros) => start >= before.until || before.held.includes(start);
    const held = heldWindows(open, until, windowing, watermark).filter(mayHold);
    const source = resultTable(parent);
    const end = run.byEnd ? Number.POSITIVE_INFINITY : until;
    const start = Math.max(before.until, bound.first);
    if (end > start) {
      const free = `NOT ${startsAmong(held, shop)}`;
      const rows = rollupRows(view, { by: 'starts', span: { start, end } }, source, shop.context);
      const stored = `${startsIn({ start, end }, shop)} AND ${free}`;
      await run.write(view, `SELECT * FROM (${rows}) WHERE ${free}`, stored, run.reopened);
    }
    const released = before.held.filter((each) => !held.includes(each));
    const changed = windowsAround(run.changesOf(parent.name), windowing).filter(
      (each) => each < before.until && !before.held.includes(each) && !held.includes(each),
    );
    const again = [...new Set([...changed, ...released])];
    if (again.length > 0) {
      const windows = again.map((each) => ({ start: each, end: each + windowing.size }));
      const rows = rollupRows(view, { by: 'windows', windows }, source, shop.context);
      await run.restate(view, rows, startsAmong(again, shop), run.cause);
    }
    // A close by end says nothing of sessions that may go on: the next close begins where this one did, and compares.
    return run.byEnd ? before : { until, held };
  },

  async live(shop, view, table) {
    const { database, context } = shop;
    const { windowing, parent } = partsOf(shop, view);
    const source = visibleRows(parent, view);
    const { until, held } = frontierOf(shop, view);
    const start = Number.isFinite(until) ? until : 0;
    const later = { by: 'starts', span: { start, end: Number.POSITIVE_INFINITY } } as const;
    const rows = [rollupRows(view, later, source, context)];
    const windows = held.map((each) => ({ start: each, end: each + windowing.size }));
    if (windows.length > 0) rows.push(rollupRows(view, { by: 'windows', windows }, source, context));
    await database.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${rows.join(' UNION ALL ')}`);
    return `window_start < ${context.dialect.instant(start)} AND NOT ${startsAmong(held, shop)}`;
  },

  dated: true,

  async sides(shop, view, stretch) {
    const { context, extent } = shop;
    if (extent === null) return [];
    const { parent, windowing } = partsOf(shop, view);
    const begun = { start: stretch.start, end: stretch.end + windowing.size };
    const until = closedUntil(shop, view);
    const held = allClosed(shop) ? [] : frontierOf(shop, view).held;
    // Final sessions as recomputed; of those that go on, what was written of them before still counts.
    const sources = await Promise.all(
      STRANDS.map(async (strand) => {
        const { should, rest } = await sessionSides(shop, parent, strand, begun);
        const columns = [...storedColumns(layoutOf(parent, context)), 'late_events'].join(', ');
        return `(SELECT ${columns} FROM (${should}) UNION ALL SELECT ${columns} FROM (${rest}))`;
      }),
    );
    const bound =
      until === Number.POSITIVE_INFINITY
        ? 'TRUE'
        : `window_start < ${Number.isFinite(until) ? context.dialect.instant(until) : "TIMESTAMP '-infinity'"}`;
    const closed = `${liesIn('window_start', stretch, shop)} AND ${bound} AND NOT ${startsAmong(held, shop)}`;
    const everything = { by: 'starts', span: { start: 0, end: Number.POSITIVE_INFINITY } } as const;
    const rows = rollupRows(view, everything, `(${sources.join(' UNION ALL ')})`, context);
    return [
      { should: `SELECT * FROM (${rows}) WHERE ${closed}`, is: `SELECT * FROM ${resultTable(view)} WHERE ${closed}` },
    ];
  },
};

/** Starts of the windows that any of these times falls in. */
function windowsAround(times: readonly EpochMicros[], windowing: FixedWindowing): readonly EpochMicros[] {
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  return times.flatMap((time) => {
    const last = Math.floor(time / step) * step;
    return Array.from({ length: windowing.size / step }, (_, i) => last - i * step);
  });
}

/**
 * Starts of open sessions before `until`. A given id is open as a whole, with a session for each of its visitors,
 * and each of them holds the window that it began in.
 */
async function openStarts(
  { shop, watermark }: FinalizerRun,
  parent: ViewPlan,
  until: EpochMicros,
): Promise<readonly EpochMicros[]> {
  const { database, context } = shop;
  const open = openTable(parent);
  const starts = [`SELECT start FROM ${open}`];
  const first = (await database.one(`SELECT min(start) AS instant FROM ${open} WHERE ${ofStrand('given')}`))?.[
    'instant'
  ];
  if (sessionKind(parent).byVisitor && first != null) {
    const from = context.dialect.instant(Math.max(Number(first), watermark - HOLD_LIMIT));
    starts.push(
      `SELECT min(event_time) FROM ${strandEvents(parent, 'given', context)} WHERE event_time >= ${from} AND event_time < ${context.dialect.instant(until)} AND k IN (SELECT session_id FROM ${open}) GROUP BY k, v`,
    );
  }
  const rows = await database.rows(`SELECT DISTINCT start FROM (${starts.join(' UNION ALL ')})`);
  return rows.map(({ start }) => Number(start));
}
