import { integritySql } from '../compile/integrity.ts';
import { layoutOf, resultTable, storedColumns } from '../compile/layout.ts';
import {
  keyColumn,
  ofStrand,
  STRANDS,
  type Strand,
  sessionKind,
  sessionRows,
  strandEvents,
} from '../compile/session.ts';
import { isStored } from '../compile/tables.ts';
import { rollupRows, type Span, type WindowScope, windowRows } from '../compile/window.ts';
import { days, type EpochMicros, formatInstant } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { calendarWindows } from './protocol/calendar.ts';
import { closedBefore } from './protocol/frontier.ts';
import type { Shop } from './shop.ts';

/** What comparing one view with raw came to. */
export interface ViewVerdict {
  readonly view: string;
  readonly rows: number;
  /** Rows that are not the same on both sides, counted on each side. */
  readonly differences: number;
  /** One of the differing rows from each side, for a first look. */
  readonly sample: readonly Record<string, unknown>[];
}

export interface VerifyReport {
  readonly equal: boolean;
  readonly views: readonly ViewVerdict[];
  /** Raw against what intake noted, by partition and day. */
  readonly raw: { readonly events: number; readonly days: number; readonly differences: number };
  /** Slices that were left out because events for them wait for the finalizer, or for their load to pass them. */
  readonly waiting: number;
  /** Up to when slices are closed; what lies beyond is open and not compared. Null when all is closed by end. */
  readonly until: string | null;
  readonly seconds: number;
}

export interface VerifyOptions {
  readonly views?: readonly string[];
  readonly onView?: (verdict: ViewVerdict) => void;
  /** Seconds on a steady clock. */
  readonly clock: () => number;
}

/**
 * Recomputes the closed slices of every view from raw, in one go and without any state of the engine, and compares
 * them with the stored rows (semantics 28). Open slices are left out.
 *
 * Slices with a dirty mark that waits are left out too, and counted. Caller holds the database exclusively.
 */
export async function verify(shop: Shop, { views, onView, clock }: VerifyOptions): Promise<VerifyReport> {
  const began = clock();
  const verdicts: ViewVerdict[] = [];
  for (const view of shop.views.filter(isStored)) {
    if (views !== undefined && !views.includes(view.name)) continue;
    const verdict = await compare(shop, view);
    onView?.(verdict);
    verdicts.push(verdict);
  }
  const raw = await compareRaw(shop);
  return {
    equal: raw.differences === 0 && verdicts.every(({ differences }) => differences === 0),
    views: verdicts,
    raw,
    waiting: await waitingSlices(shop),
    until: allClosed(shop) || shop.ingest.watermark === null ? null : formatInstant(shop.ingest.watermark),
    seconds: clock() - began,
  };
}

const allClosed = ({ final, ingest }: Shop): boolean => final.byEnd && final.batch === ingest.batch;

async function compareRaw({ database }: Shop): Promise<VerifyReport['raw']> {
  const last = Number((await database.one('SELECT coalesce(max(last_seq), 0) AS seq FROM intake'))?.['seq']);
  const noted =
    'SELECT part, day, sum(events)::BIGINT AS events, sum(h0)::HUGEINT AS h0, sum(h1)::HUGEINT AS h1 FROM intake GROUP BY part, day';
  const row = await database.one(
    `SELECT coalesce(sum(n.events), 0)::BIGINT AS events, count(*) AS days, count(*) FILTER (n.events IS DISTINCT FROM r.events OR n.h0 IS DISTINCT FROM r.h0 OR n.h1 IS DISTINCT FROM r.h1) AS differences FROM (${noted}) n FULL JOIN (${integritySql('raw', `seq <= ${last}`)}) r USING (part, day)`,
  );
  return { events: Number(row?.['events']), days: Number(row?.['days']), differences: Number(row?.['differences']) };
}

/** One comparison: rows as they should be against rows as they are, both as SQL over the stored columns. */
interface Sides {
  readonly should: string;
  readonly is: string;
}

async function compare(shop: Shop, view: ViewPlan): Promise<ViewVerdict> {
  let rows = 0;
  let differences = 0;
  let sample: readonly Record<string, unknown>[] = [];
  for (const sides of await sidesOf(shop, view)) {
    const found = await difference(shop, view, sides);
    rows += found.rows;
    differences += found.differences;
    if (sample.length === 0) sample = found.sample;
  }
  return { view: view.name, rows, differences, sample };
}

async function difference(
  { database, context }: Shop,
  view: ViewPlan,
  { should, is }: Sides,
): Promise<Omit<ViewVerdict, 'view'>> {
  const columns = storedColumns(layoutOf(view, context)).join(', ');
  // Sums of hashes settle it nearly always, at a fifth of the cost; only where they differ are rows set side by side.
  const digest = (rows: string) =>
    `SELECT count(*) AS rows, sum(h)::HUGEINT AS one, sum(hash(h))::HUGEINT AS two FROM (SELECT hash(${columns}) AS h FROM (${rows}))`;
  const [mine, theirs] = [await database.one(digest(should)), await database.one(digest(is))];
  const rows = Number(mine?.['rows']);
  if (
    String(mine?.['one']) === String(theirs?.['one']) &&
    String(mine?.['two']) === String(theirs?.['two']) &&
    rows === Number(theirs?.['rows'])
  ) {
    return { rows, differences: 0, sample: [] };
  }
  await database.run(`CREATE OR REPLACE TEMP TABLE verify_should AS SELECT ${columns} FROM (${should})`);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE verify_difference AS (SELECT 'recomputed' AS side, * FROM (FROM verify_should EXCEPT ALL SELECT ${columns} FROM (${is}))) UNION ALL (SELECT 'stored', * FROM (SELECT ${columns} FROM (${is}) EXCEPT ALL FROM verify_should))`,
  );
  const differences = Number((await database.one('SELECT count(*) AS n FROM verify_difference'))?.['n']);
  const sample = differences === 0 ? [] : await database.jsonRows('SELECT DISTINCT ON (side) * FROM verify_difference');
  return { rows, differences, sample };
}

async function sidesOf(shop: Shop, view: ViewPlan): Promise<readonly Sides[]> {
  switch (view.kind.kind) {
    case 'window':
      return windowSides(shop, view);
    case 'session':
      return Promise.all(STRANDS.map((strand) => sessionSides(shop, view, strand)));
    case 'rollup':
      return rollupSides(shop, view);
    case 'project':
      return [];
  }
}

function closedUntil(shop: Shop, view: ViewPlan): EpochMicros {
  return allClosed(shop)
    ? Number.POSITIVE_INFINITY
    : (shop.final.frontier[view.name]?.until ?? Number.NEGATIVE_INFINITY);
}

/** Windows a day at a time, so that the memory that is needed does not grow with history. */
function windowSides(shop: Shop, view: ViewPlan): readonly Sides[] {
  const { extent, context, settings } = shop;
  if (view.kind.kind !== 'window' || extent === null) return [];
  const { windowing } = view.kind;
  const until = closedUntil(shop, view);
  const { first } = closedBefore(windowing, Number.NEGATIVE_INFINITY, extent, settings.zone);
  const end = Math.min(until, extent.end + 1);
  const settled = `window_start NOT IN (SELECT make_timestamp(window_start) FROM dirty_window WHERE view = '${view.name}')`;
  const rows = (scope: WindowScope) => `SELECT * FROM (${windowRows(view, scope, context)}) WHERE ${settled}`;
  const stored = ({ start, end: to }: Span) =>
    `SELECT * FROM ${resultTable(view)} WHERE window_start >= ${context.dialect.instant(start)} AND window_start < ${context.dialect.instant(to)} AND ${settled}`;
  if (windowing.shape === 'calendar') {
    return calendarWindows(first, end, windowing.unit, settings.zone).map((window) => ({
      should: rows({ by: 'windows', windows: [window] }),
      is: stored({ start: window.start, end: window.start + 1 }),
    }));
  }
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  const last = Math.ceil(end / step) * step;
  const stretch = Math.ceil(days(1) / step) * step;
  const spans = Array.from({ length: Math.max(0, Math.ceil((last - first) / stretch)) }, (_, i) => ({
    start: first + i * stretch,
    end: Math.min(last, first + (i + 1) * stretch),
  }));
  return spans.map((span) => ({ should: rows({ by: 'starts', span }), is: stored(span) }));
}

/** Sessions over all of history at once, as no session knows where another batch would have cut it. */
async function sessionSides(shop: Shop, view: ViewPlan, strand: Strand): Promise<Sides> {
  const { database, context } = shop;
  const key = keyColumn(strand);
  const table = recomputed(view, strand);
  const split = strand === 'gap' || sessionKind(view).split;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS ${sessionRows(view, strand, strandEvents(view, strand, context), context)}`,
  );
  const until = closedUntil(shop, view);
  const settled = `t."${key}" NOT IN (SELECT "${key}" FROM dirty_session WHERE ${ofStrand(strand)} AND "${key}" IS NOT NULL)`;
  const should = `SELECT * FROM ${table} t WHERE ${settled}`;
  const stored = `SELECT * FROM ${resultTable(view)} t WHERE ${ofStrand(strand)} AND ${settled}`;
  if (until === Number.POSITIVE_INFINITY) return { should, is: stored };
  const bound = Number.isFinite(until) ? context.dialect.instant(until) : "TIMESTAMP '-infinity'";
  // What goes on past the frontier is open, and a row that was written before it went on waits for its close.
  const open = `SELECT o."${key}" FROM ${table} o WHERE o.session_end >= ${bound}`;
  if (!split)
    return {
      should: `${should} AND t."${key}" NOT IN (${open})`,
      is: `${stored} AND t."${key}" NOT IN (${open})`,
    };
  const absorbed = `EXISTS (SELECT 1 FROM ${table} o WHERE o.session_end >= ${bound} AND o."${key}" = t."${key}" AND o.session_start <= t.session_end)`;
  return {
    should: `${should} AND t.session_end < ${bound}`,
    is: `${stored} AND t.session_end < ${bound} AND NOT ${absorbed}`,
  };
}

async function waitingSlices({ database }: Shop): Promise<number> {
  const row = await database.one(
    'SELECT (SELECT count(*) FROM (SELECT DISTINCT view, window_start FROM dirty_window)) + (SELECT count(*) FROM (SELECT DISTINCT session_id, visitor FROM dirty_session)) AS n',
  );
  return Number(row?.['n']);
}

const recomputed = (view: ViewPlan, strand: Strand): string => `verify_${view.name}_${strand}`;

async function rollupSides(shop: Shop, view: ViewPlan): Promise<readonly Sides[]> {
  const { context, extent } = shop;
  const parent = view.kind.kind === 'rollup' ? shop.view(view.kind.parent) : undefined;
  if (view.kind.kind !== 'rollup' || parent === undefined || extent === null) return [];
  const until = closedUntil(shop, view);
  const held = allClosed(shop) ? [] : (shop.final.frontier[view.name]?.held ?? []);
  // Final sessions as recomputed; of those that go on, what was written of them before still counts.
  const sources = await Promise.all(
    STRANDS.map(async (strand) => {
      const { should, is } = await sessionSides(shop, parent, strand);
      const columns = [...storedColumns(layoutOf(parent, context)), 'late_events'].join(', ');
      const all = `SELECT ${columns} FROM ${resultTable(parent)} t WHERE ${ofStrand(strand)}`;
      return `(SELECT ${columns} FROM (${should}) UNION ALL (${all} EXCEPT ALL SELECT ${columns} FROM (${is})))`;
    }),
  );
  const bound =
    until === Number.POSITIVE_INFINITY
      ? 'TRUE'
      : `window_start < ${Number.isFinite(until) ? context.dialect.instant(until) : "TIMESTAMP '-infinity'"}`;
  const holding =
    held.length === 0 ? '' : ` AND window_start NOT IN (${held.map((at) => context.dialect.instant(at)).join(', ')})`;
  const rows = rollupRows(
    view,
    { by: 'starts', span: { start: 0, end: Number.POSITIVE_INFINITY } },
    `(${sources.join(' UNION ALL ')})`,
    context,
  );
  return [
    {
      should: `SELECT * FROM (${rows}) WHERE ${bound}${holding}`,
      is: `SELECT * FROM ${resultTable(view)} WHERE ${bound}${holding}`,
    },
  ];
}
