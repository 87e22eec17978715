import {
  type AnomalyScope,
  anomalyEvents,
  anomalyRows,
  anyEvent,
  storedEvents,
  storedHistory,
} from '../../compile/anomaly.ts';
import { anomalyKind } from '../../compile/anomaly-parts.ts';
import { resultTable } from '../../compile/layout.ts';
import type { Span } from '../../compile/window.ts';
import { days, type EpochMicros, type Micros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { ShopSnapshot } from '../shop.ts';
import { shopDays } from '../shop-days.ts';
import { findTouched, LATE, TOUCHED } from '../touched-anomalies.ts';
import { closedUntil, type FinalizerRun, frontierOf, type KindEngine, liesIn } from './kind-engine.ts';
import { nothingLive } from './live-table.ts';

const BEGINNING = Number.NEGATIVE_INFINITY;
const END = Number.POSITIVE_INFINITY;

/**
 * Events, each compared with those of the days before it. Slice: the event. Stored rows hold what later ones are compared
 * with: raw, in which few events are purchases, is read once.
 */
export const anomalies: KindEngine = {
  async close(run, view) {
    const { shop, comparing } = run;
    const from = run.before(view).until;
    const until = Math.max(from, run.watermark);
    if (from !== BEGINNING) await repair(run, view, from);
    const span = { start: from, end: run.byEnd ? END : until };
    if (span.end <= from) return { until, held: [] };
    // Nearly always nothing was bought since the last time: that is told without planning what would be compared.
    const some = (await shop.database.one(anyEvent(view, span, shop.context))) !== undefined;
    if (!some && !comparing) return { until, held: [] };
    const rows = anomalyRows(view, await goingOn(shop, view, span), shop.context);
    await run.write(view, rows, liesIn('moment', span, shop), run.reopened);
    return { until, held: [] };
  },

  async live(shop, view, table) {
    const { database, context, extent } = shop;
    if (extent === null) return nothingLive(shop, view, table);
    const from = frontierOf(shop, view).until;
    const scope = await goingOn(shop, view, { start: from, end: END });
    await database.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${anomalyRows(view, scope, context)}`);
    return liesIn('moment', { start: BEGINNING, end: from }, shop);
  },

  dated: true,

  async sides(shop, view, stretch) {
    if (shop.extent === null) return [];
    const until = closedUntil(shop, view);
    const span = { start: stretch.start, end: Math.min(until, stretch.end) };
    const before = { start: span.start - reach(view), end: span.start };
    const days = await shopDays(shop, view, { start: before.start, end: span.end });
    const scored = anomalyEvents(view, span, days, shop.context);
    // What was stored is what is asked about: the days before are read from raw, too.
    const earlier = `(${anomalyEvents(view, before, days, shop.context)})`;
    const scope = { scored, history: storedHistory(view, earlier, 'TRUE', shop.context) };
    const waiting = (await findTouched(shop, view, until, 'all')) !== null;
    const settled = waiting ? `seq NOT IN (SELECT seq FROM ${TOUCHED})` : 'TRUE';
    return [
      {
        should: `SELECT * FROM (${anomalyRows(view, scope, shop.context)}) WHERE ${settled}`,
        is: `SELECT * FROM ${resultTable(view)} WHERE ${liesIn('moment', span, shop)} AND ${settled}`,
      },
    ];
  },
};

/** So long before an event all is that it is compared with, whatever the zone: a day may have 25 hours. */
const reach = (view: ViewPlan): Micros => days(anomalyKind(view).days + 2);

/** Events of a span as they are in raw, and stored rows before it. */
async function goingOn(shop: ShopSnapshot, view: ViewPlan, span: Span): Promise<AnomalyScope> {
  const scored = anomalyEvents(view, span, await shopDays(shop, view, span), shop.context);
  if (span.start === BEGINNING) return { scored };
  const before = liesIn('moment', { start: span.start - reach(view), end: span.start }, shop);
  return { scored, history: storedHistory(view, resultTable(view), before, shop.context) };
}

/** Judges again what marked batches may have changed before the frontier. */
async function repair(run: FinalizerRun, view: ViewPlan, until: EpochMicros): Promise<void> {
  const { shop } = run;
  const since = await findTouched(shop, view, until, 'ripe');
  if (since === null) return;
  const stored = resultTable(view);
  const touched = `seq IN (SELECT seq FROM ${TOUCHED})`;
  const gone = `seq IN (SELECT seq FROM ${LATE}_before)`;
  const again = storedEvents(view, stored, `${touched} AND NOT ${gone}`, shop.context);
  const around = liesIn('moment', { start: since - reach(view), end: until }, shop);
  const scope = {
    scored: `FROM ${LATE} UNION ALL ${again}`,
    history: storedHistory(view, stored, `${around} AND NOT ${touched}`, shop.context),
  };
  await run.restate(view, anomalyRows(view, scope, shop.context), touched, run.cause);
}
