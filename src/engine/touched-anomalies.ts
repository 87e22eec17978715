import { anomalyEvents } from '../compile/anomaly.ts';
import { anomalyKind, type PartColumns, partColumns } from '../compile/anomaly-parts.ts';
import { resultTable } from '../compile/layout.ts';
import { withinSpan } from '../compile/ledger.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { markedBatches, ofBatches } from './dirty-marks.ts';
import type { ShopSnapshot } from './shop.ts';
import { shopDays } from './shop-days.ts';

/** Temporary table of the events of marked batches before a time, as they are now. */
export const LATE = 'anomaly_late';
/** Temporary table of events (seq, moment) that may be judged otherwise now. */
export const TOUCHED = 'anomaly_touched';

/**
 * Fills the temporary tables with the events of marked batches before `until`, and with all before it that are compared with
 * one of them, as it is now or as it was: the same group on the days after, or within the time that counts as often.
 *
 * @param which `ripe`: marks that count now; `all`: also those that wait for their load
 * @returns since when touched events may be; null when there are none
 */
export async function findTouched(
  shop: ShopSnapshot,
  view: ViewPlan,
  until: EpochMicros,
  which: 'ripe' | 'all',
): Promise<EpochMicros | null> {
  const { database, context } = shop;
  const marked = await markedBatches(shop, view, until, which);
  if (marked === undefined) return null;
  const { span } = marked;
  const days = await shopDays(shop, view, span);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${LATE} AS ${anomalyEvents(view, span, days, context, ofBatches(marked))}`,
  );
  const stored = resultTable(view);
  const inSpan = withinSpan('moment', span, context).join(' AND ');
  const there = `SELECT seq FROM raw WHERE ${withinSpan('event_time', span, context).join(' AND ')}`;
  // What they were: facts change what is compared with what, and an event that is gone leaves its row.
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${LATE}_before AS SELECT * FROM ${stored} WHERE seq IN (SELECT seq FROM ${LATE}) OR (${inSpan} AND seq NOT IN (${there}))`,
  );
  const images = [LATE, `${LATE}_before`];
  const touched = images.flatMap((image) => [
    `SELECT seq, moment FROM ${image}`,
    ...partColumns(view).map((part) => comparedWith(view, part, image, shop)),
  ]);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${TOUCHED} AS SELECT * FROM (${touched.join(' UNION ')})${limit(until, shop)}`,
  );
  const found = await database.one(`SELECT min(moment) AS first FROM ${TOUCHED}`);
  return found?.['first'] == null ? null : Number(found['first']);
}

const limit = (until: EpochMicros, { context }: ShopSnapshot): string => {
  const before = withinSpan('moment', { start: Number.NEGATIVE_INFINITY, end: until }, context);
  return before.length === 0 ? '' : ` WHERE ${before.join(' AND ')}`;
};

function comparedWith(
  view: ViewPlan,
  { part, among }: PartColumns,
  image: string,
  { context: { dialect } }: ShopSnapshot,
): string {
  const later =
    part.is === 'frequent'
      ? `t.moment >= l.moment AND t.moment <= ${dialect.plus('l.moment', part.within)}`
      : `t.day > l.day AND t.day <= l.day + ${anomalyKind(view).days}`;
  const when = part.is === 'frequent' ? 'moment' : 'day';
  return `SELECT t.seq, t.moment FROM ${resultTable(view)} t JOIN (SELECT DISTINCT "${among}", ${when} FROM ${image}) l ON t."${among}" = l."${among}" AND ${later}`;
}
