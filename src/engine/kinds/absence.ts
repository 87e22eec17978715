import { absenceKind, absenceRows, slicesIn } from '../../compile/absence.ts';
import { resultTable } from '../../compile/layout.ts';
import { withinSpan } from '../../compile/ledger.ts';
import { STRANDS, type Strand } from '../../compile/session.ts';
import type { Span } from '../../compile/window.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import { dirtyCarts, findDirtyCarts } from '../dirty-carts.ts';
import type { ShopSnapshot } from '../shop.ts';
import type { Learning } from '../stored-keys.ts';
import { writeFirst } from '../write-rows.ts';
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

const BEGINNING = Number.NEGATIVE_INFINITY;
const END = Number.POSITIVE_INFINITY;

/** Temporary tables: slices of a strand, and their rows. */
const slicesOf = (strand: Strand): string => `cart_${strand}`;
const FRESH = 'cart_fresh';
/** Session ids among the slices that have stored rows. */
const KNOWN = 'cart_known';

/**
 * Carts that were left. Slice: a session id, or for events without one a visitor's stretch. What counts of a slice lies
 * within a fixed time of its last cart event: no note of open carts is needed to know where to begin.
 */
export const absences: KindEngine = {
  async close(run, view) {
    const { within } = absenceKind(view);
    const from = run.before(view).until;
    const until = Math.max(from, run.watermark - within);
    if (from !== BEGINNING) await repair(run, view, from);
    const end = run.byEnd ? END : until;
    const begin = Math.max(from, run.extent.start);
    for (const span of stretches({ start: begin, end }, run.extent, within)) await closeStretch(run, view, span);
    return { until, held: [] };
  },

  async live(shop, view, table) {
    const { database, context, extent, ingest, settings } = shop;
    if (extent === null) return nothingLive(shop, view, table);
    const until = frontierOf(shop, view).until;
    const open = `${table}_open`;
    const span = { start: until, end: END };
    const clock = (ingest.watermark ?? BEGINNING) + settings.lateness;
    const rows: string[] = [];
    for (const strand of shop.strands) {
      const slices = `${open}_${strand}`;
      await database.run(`CREATE OR REPLACE TEMP TABLE ${slices} AS ${slicesIn(view, strand, { span }, context)}`);
      rows.push(absenceRows(view, strand, slices, span, clock, context));
    }
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${table} AS ${rows.map((each) => `(${each})`).join(' UNION ALL ')}`,
    );
    const over = withinSpan('t.last_event', { start: BEGINNING, end: until }, context).join(' AND ');
    await findKnown(shop, view, `${open}_given`, `${open}_known`, 'known');
    return `CASE WHEN t.session_id IS NULL THEN ${over} ELSE t.session_id NOT IN (SELECT k FROM ${open}_known) END`;
  },

  dated: true,

  async sides(shop, view, stretch) {
    const { extent } = shop;
    if (extent === null) return [];
    const { within } = absenceKind(view);
    const start = Math.max(extent.start, stretch.start);
    const span = { start, end: Math.max(start, Math.min(closedUntil(shop, view), stretch.end)) };
    const waiting = (await findDirtyCarts(shop, view, closedUntil(shop, view), 'all')) !== null;
    const sides: Sides[] = [];
    for (const strand of STRANDS) {
      const all = `${RECOMPUTED}${view.name}_${strand}`;
      const every = { span: { start: BEGINNING, end: END } };
      await shop.database.run(`CREATE OR REPLACE TEMP TABLE ${all} AS ${slicesIn(view, strand, every, shop.context)}`);
      for (const each of stretches(span, extent, within)) sides.push(sidesOf(shop, view, strand, all, each, waiting));
    }
    // Rows of sessions that have no cart event at all, or not where they say.
    const given = `${RECOMPUTED}${view.name}_given`;
    sides.push({
      should: `SELECT * FROM ${resultTable(view)} WHERE FALSE`,
      is: `SELECT * FROM ${resultTable(view)} WHERE session_id IS NOT NULL AND ${liesIn('last_event', stretch, shop)} AND session_id NOT IN (SELECT k FROM ${given})`,
    });
    return sides;
  },
};

/** A span in pieces of so much: what has to be read and held for each does not grow with history. */
function stretches({ start, end }: Span, extent: Span, length: number): readonly Span[] {
  const last = Math.min(end, extent.end + 1);
  if (last <= start) return end > start ? [{ start, end }] : [];
  const count = Math.max(1, Math.ceil((last - start) / length));
  return Array.from({ length: count }, (_, i) => ({
    start: start + i * length,
    end: i === count - 1 ? end : start + (i + 1) * length,
  }));
}

/** Fills the tables of slices; returns the strands that have any. */
async function findSlices(
  shop: ShopSnapshot,
  view: ViewPlan,
  span: Span,
  keys?: (strand: Strand) => string,
): Promise<readonly Strand[]> {
  const found: Strand[] = [];
  for (const strand of STRANDS) {
    const scope = keys === undefined ? { span } : { span, keys: keys(strand) };
    await shop.database.run(
      `CREATE OR REPLACE TEMP TABLE ${slicesOf(strand)} AS ${slicesIn(view, strand, scope, shop.context)}`,
    );
    if ((await shop.database.one(`SELECT 1 AS found FROM ${slicesOf(strand)} LIMIT 1`)) !== undefined)
      found.push(strand);
  }
  return found;
}

/** Final rows of the slices in the tables. */
function rowsOf(shop: ShopSnapshot, view: ViewPlan, strands: readonly Strand[], span: Span): string {
  if (strands.length === 0) return `SELECT * FROM ${resultTable(view)} WHERE FALSE`;
  const rows = strands.map((strand) => `(${absenceRows(view, strand, slicesOf(strand), span, END, shop.context)})`);
  return rows.join(' UNION ALL ');
}

const count = async ({ database }: ShopSnapshot, rows: string): Promise<number> =>
  Number((await database.one(`SELECT count(*) AS n FROM ${rows}`))?.['n']);

const inSpan = (shop: ShopSnapshot, span: Span): string =>
  withinSpan('last_event', span, shop.context).join(' AND ') || 'TRUE';

async function closeStretch(run: FinalizerRun, view: ViewPlan, span: Span): Promise<void> {
  const { shop, comparing } = run;
  const strands = await findSlices(shop, view, span);
  const given = `session_id IN (SELECT k FROM ${slicesOf('given')})`;
  if (comparing) {
    // A row that a close by end left goes with its stretch, whatever has become of it.
    const left = `session_id IS NULL AND ${inSpan(shop, span)}`;
    await run.restate(view, rowsOf(shop, view, strands, span), `(${given} OR (${left}))`, run.reopened);
    return;
  }
  if (strands.length === 0) return;
  const { database } = shop;
  await database.run(`CREATE OR REPLACE TEMP TABLE ${FRESH} AS ${rowsOf(shop, view, strands, span)}`);
  await findKnown(shop, view, slicesOf('given'), KNOWN, 'learn');
  const known = `coalesce(session_id IN (SELECT k FROM ${KNOWN}), FALSE)`;
  if ((await count(shop, KNOWN)) > 0)
    await run.restate(view, `SELECT * FROM ${FRESH} WHERE ${known}`, known, 'reopened');
  if ((await count(shop, `${FRESH} WHERE NOT ${known}`)) > 0)
    await writeFirst(shop, view, `SELECT * FROM ${FRESH} WHERE NOT ${known}`, run.epoch);
}

/** Notes in a table which session ids among some slices have stored rows: they came back, or a close by end wrote them. */
async function findKnown(
  shop: ShopSnapshot,
  view: ViewPlan,
  slices: string,
  table: string,
  learning: Learning,
): Promise<void> {
  const seen = `SELECT k FROM ${slices}`;
  const ids = await shop.storedKeys.among(shop, view, seen, learning);
  const among = ids?.length === 0 ? 'FALSE' : `session_id IN (${seen})`;
  await shop.database.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT DISTINCT session_id AS k FROM ${resultTable(view)} WHERE ${among}`,
  );
}

/** Computes again what marked batches may have changed before the frontier. */
async function repair(run: FinalizerRun, view: ViewPlan, until: EpochMicros): Promise<void> {
  const { shop } = run;
  const since = await findDirtyCarts(shop, view, until, 'ripe');
  if (since === null) return;
  const span = { start: since, end: until };
  const strands = await findSlices(shop, view, span, dirtyCarts);
  const given = `session_id IN (SELECT k FROM ${slicesOf('given')})`;
  // A stretch that grew together with others, or goes on now, takes the place of their rows.
  const gap = `session_id IS NULL AND visitor IN (SELECT k FROM ${dirtyCarts('gap')}) AND ${inSpan(shop, span)}`;
  await run.restate(view, rowsOf(shop, view, strands, span), `(${given} OR (${gap}))`, run.cause);
}

/** Slices of keys with a mark that waits are left out on both sides. */
function sidesOf(shop: ShopSnapshot, view: ViewPlan, strand: Strand, all: string, span: Span, waiting: boolean): Sides {
  const column = strand === 'given' ? 'session_id' : 'visitor';
  const mine = `(SELECT * FROM ${all} WHERE ${withinSpan('last', span, shop.context).join(' AND ') || 'TRUE'})`;
  const settled = waiting ? `${column} NOT IN (SELECT k FROM ${dirtyCarts(strand)})` : 'TRUE';
  const stored =
    strand === 'given' ? `session_id IN (SELECT k FROM ${mine})` : `session_id IS NULL AND ${inSpan(shop, span)}`;
  return {
    should: `SELECT * FROM (${absenceRows(view, strand, mine, span, END, shop.context)}) WHERE ${settled}`,
    is: `SELECT * FROM ${resultTable(view)} WHERE ${stored} AND ${settled}`,
  };
}
