import { openTable, resultTable } from '../../compile/layout.ts';
import {
  CARRIED,
  type Closing,
  FRESH,
  freshRows,
  goneOnFrom,
  keyColumn,
  ofStrand,
  reopenSql,
  STRANDS,
  type Strand,
  sessionKind,
  sessionRows,
  strandEvents,
} from '../../compile/session.ts';
import type { Span } from '../../compile/window.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import { anyStored, openSessions, prepareClosing } from '../close-sessions.ts';
import { dirtySessions } from '../dirty-marks.ts';
import { eventsAnHour } from '../events-an-hour.ts';
import { fillInShares } from '../fill-in-shares.ts';
import { cutClosing } from '../protocol/cut-closing.ts';
import { changedStarts, repairSessions } from '../repair-sessions.ts';
import type { ShopSnapshot } from '../shop.ts';
import { insertRows, writeFirst } from '../write-rows.ts';
import {
  closedUntil,
  type FinalizerRun,
  frontierOf,
  type KindEngine,
  liesIn,
  RECOMPUTED,
  type Sides,
} from './kind-engine.ts';
import { nothingLive } from './live-table.ts';

/** Sessions over raw events. Slice: a session id, or for events without one a visitor. */
export const sessions: KindEngine = {
  async close(run, view) {
    const { gap } = sessionKind(view);
    const from = run.before(view).until;
    const to = Math.max(from, run.watermark - gap);
    for (const strand of run.shop.strands) {
      const dirty = await dirtySessions(run.shop, view, strand, from);
      if (dirty > 0) run.noteChanges(view, await repairSessions(run.shop, view, strand, from, run));
      const start = Math.max(from, run.extent.start);
      const steps: Closing[] = [...cutClosing(await eventsAnHour(run.shop, start, to), { from: start, to })];
      // What is closed by end notes no open sessions: the next close begins here, and compares.
      if (run.byEnd) steps.push({ from: Math.max(start, to), to: Number.POSITIVE_INFINITY });
      for (const [i, step] of steps.entries()) await closeStrand(run, view, strand, step, i === steps.length - 1);
    }
    return { until: to, held: [] };
  },

  async live(shop, view, table) {
    const { extent } = shop;
    if (extent === null) return nothingLive(shop, view, table);
    const from = Math.max(frontierOf(shop, view).until, extent.start);
    return openSessions(shop, view, from, table);
  },

  dated: true,
  sides: (shop, view, stretch) => Promise.all(STRANDS.map((strand) => sessionSides(shop, view, strand, stretch))),
};

async function closeStrand(
  run: FinalizerRun,
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
  last: boolean,
): Promise<void> {
  const { shop } = run;
  const { database, context } = shop;
  await prepareClosing(shop, view, strand, closing);
  const key = keyColumn(strand);
  const rows = freshRows(view, context);
  const reopened = await anyStored(shop);
  const unknown = run.comparing
    ? 'FALSE'
    : reopened
      ? `"${key}" NOT IN (SELECT k FROM ${CARRIED} WHERE stored)`
      : 'TRUE';
  const first = Number((await database.one(`SELECT count(*) AS n FROM ${FRESH} WHERE NOT open AND ${unknown}`))?.['n']);
  if (first > 0) {
    await writeFirst(shop, view, `${rows} AND ${unknown}`, run.epoch);
    run.noteChanges(view, await reachedBack(run, view, strand));
  }
  if (run.comparing || reopened) {
    const replaced = `${ofStrand(strand)} AND rowid IN (${replacedRows(run, view, strand, closing, last)})`;
    await run.restate(view, `${rows} AND NOT (${unknown})`, replaced, run.comparing ? run.reopened : 'reopened');
    run.noteChanges(view, await changedStarts(shop));
  }
  if (!Number.isFinite(closing.to)) return;
  const { forget, open } = reopenSql(view, strand, closing, context);
  await database.run(forget);
  await insertRows(database, openTable(view), open);
}

/** Stored rows that the recomputed ones stand in for: those of carried sessions, and what a close by end left. */
function replacedRows(
  { shop, comparing }: FinalizerRun,
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
  last: boolean,
): string {
  const key = keyColumn(strand);
  const table = resultTable(view);
  const { dialect } = shop.context;
  // What a close by end left beyond the stretch is compared where it is closed.
  const before = Number.isFinite(closing.to) ? ` AND start < ${dialect.instant(closing.to)}` : '';
  const carried = `SELECT rowid FROM (${goneOnFrom(view, strand)}) WHERE k IN (SELECT "${key}" FROM ${FRESH} WHERE NOT open)${before}`;
  if (!comparing) return carried;
  const within = Number.isFinite(closing.to) ? ` AND t.session_start < ${dialect.instant(closing.to)}` : '';
  // What goes on is open again; but where more steps follow, its whole session is compared in one of them.
  const goesOn = last
    ? ''
    : ` AND NOT (t.session_end >= ${dialect.instant(closing.to)} AND t."${key}" IN (SELECT "${key}" FROM ${FRESH} WHERE open))`;
  const ahead = `SELECT t.rowid FROM ${table} t WHERE t.session_end >= ${dialect.instant(closing.from)}${within}${goesOn} AND t."${key}" IN (SELECT "${key}" FROM ${FRESH})`;
  return `${carried} UNION ${ahead}`;
}

/** Starts of rows just written that lie in windows which a rollup has closed already. */
async function reachedBack(run: FinalizerRun, view: ViewPlan, strand: Strand): Promise<readonly EpochMicros[]> {
  const { database, context, views } = run.shop;
  const children = views
    .filter(({ kind }) => kind.kind === 'rollup' && kind.parent === view.name)
    .map((child) => run.before(child).until)
    .filter(Number.isFinite);
  if (children.length === 0) return [];
  const rows = await database.rows(
    `SELECT DISTINCT session_start AS instant FROM ${FRESH} WHERE NOT open AND ${ofStrand(strand)} AND session_start < ${context.dialect.instant(Math.max(...children))}`,
  );
  return rows.map(({ instant }) => Number(instant));
}

/** Fills a table with all sessions of the keys with an event in a stretch, unless this verification has it already. */
async function recompute(
  shop: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  stretch: Span,
  table: string,
): Promise<void> {
  const { database, context, strands } = shop;
  const known = await database.one(
    `SELECT 1 AS found FROM duckdb_tables() WHERE temporary AND table_name = '${table}'`,
  );
  if (known !== undefined) return;
  const all = strandEvents(view, strand, context);
  const seen = liesIn('event_time', stretch, shop);
  const among = seen === 'TRUE' ? seen : `k IN (SELECT k FROM ${all} WHERE ${seen})`;
  const rows = (condition: string) =>
    sessionRows(view, strand, `(SELECT * FROM ${all} WHERE ${condition} AND ${among})`, context);
  if (!strands.includes(strand)) return database.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM (${rows('FALSE')})`);
  const events = await database.one(`SELECT count(*) AS n FROM ${all} WHERE ${among}`);
  await fillInShares(database, table, Number(events?.['n']), rows);
}

/** Both sides of a strand, and the stored rows that are not compared. */
interface StrandSides extends Sides {
  readonly rest: string;
}

/**
 * Sessions that begin in a stretch, from all events of their keys, as no session knows where another batch would have cut
 * it. They are recomputed once a verification, for the view and for those made from it.
 */
export async function sessionSides(
  shop: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  stretch: Span,
): Promise<StrandSides> {
  const { context } = shop;
  const key = keyColumn(strand);
  const table = `${RECOMPUTED}${view.name}_${strand}`;
  const split = strand === 'gap' || sessionKind(view).split;
  await recompute(shop, view, strand, stretch, table);
  const settled = `t."${key}" NOT IN (SELECT "${key}" FROM dirty_session WHERE ${ofStrand(strand)} AND "${key}" IS NOT NULL)`;
  const conditions = [settled];
  const bounds: string[] = [];
  const until = closedUntil(shop, view);
  if (until !== Number.POSITIVE_INFINITY) {
    // What goes on past the frontier is open, and a row that was written before it went on waits for its close.
    const bound = Number.isFinite(until) ? context.dialect.instant(until) : "TIMESTAMP '-infinity'";
    if (split) {
      conditions.push(`t.session_end < ${bound}`);
      bounds.push(
        `NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.session_end >= ${bound} AND o."${key}" = t."${key}" AND o.session_start <= t.session_end)`,
      );
    } else conditions.push(`t."${key}" NOT IN (SELECT o."${key}" FROM ${table} o WHERE o.session_end >= ${bound})`);
  }
  const compared = [...conditions, ...bounds].join(' AND ');
  const begun = liesIn('t.session_start', stretch, shop);
  const stored = `SELECT * FROM ${resultTable(view)} t WHERE ${ofStrand(strand)} AND ${begun}`;
  return {
    should: `SELECT * FROM ${table} t WHERE ${begun} AND ${conditions.join(' AND ')}`,
    is: `${stored} AND ${compared}`,
    rest: `${stored} AND NOT (${compared})`,
  };
}
