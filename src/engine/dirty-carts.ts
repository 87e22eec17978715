import { absenceKind, concerns, recovers } from '../compile/absence.ts';
import { visitorSql } from '../compile/context.ts';
import { resultTable } from '../compile/layout.ts';
import { withinSpan } from '../compile/ledger.ts';
import { ofStrand, type Strand } from '../compile/session.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { markedBatches, ofBatches } from './dirty-marks.ts';
import type { ShopSnapshot } from './shop.ts';

/** Temporary table of the events of marked batches that may change a closed cart. */
const LATE = 'cart_late';

/** Temporary table of the keys (k) of a strand whose carts are to be looked at again. */
export const dirtyCarts = (strand: Strand): string => `cart_dirty_${strand}`;

/**
 * Fills the temporary tables of keys whose carts events of marked batches may change, for carts whose last event is before
 * `until`: the events' own, and of purchases also those of stored carts, in any session, that they may recover. A cart
 * without a row was bought or emptied, which one more purchase elsewhere does not undo.
 *
 * @param which `ripe`: marks that count now; `all`: also those that wait for their load
 * @returns since when the last events of such carts may be; null when there are none
 */
export async function findDirtyCarts(
  shop: ShopSnapshot,
  view: ViewPlan,
  until: EpochMicros,
  which: 'ripe' | 'all',
): Promise<EpochMicros | null> {
  const { database, context } = shop;
  const { dialect } = context;
  const { within } = absenceKind(view);
  const marked = await markedBatches(shop, view, until + within, which);
  if (marked === undefined) return null;
  const asked = [...ofBatches(marked), ...withinSpan('event_time', marked.span, context), concerns(view, context)];
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${LATE} AS SELECT session_id, ${visitorSql(context.widths)} AS visitor, event_time, coalesce(${recovers(view, context)}, FALSE) AS recovers FROM raw WHERE ${asked.join(' AND ')}`,
  );
  const found = await database.one(`SELECT min(event_time) AS first FROM ${LATE}`);
  if (found?.['first'] == null) return null;
  const own =
    withinSpan('event_time', { start: Number.NEGATIVE_INFINITY, end: until }, context).join(' AND ') || 'TRUE';
  const meets = `l.recovers AND l.event_time >= r.last_event AND l.event_time <= ${dialect.plus('r.last_event', within)}`;
  const stored = (strand: Strand, key: string, same: string) =>
    `SELECT r.${key} FROM ${resultTable(view)} r JOIN ${LATE} l ON ${same} AND ${meets} WHERE r.${ofStrand(strand)}`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${dirtyCarts('given')} AS SELECT session_id AS k FROM ${LATE} WHERE session_id IS NOT NULL AND ${own} UNION ${stored('given', 'session_id', 'r.session_id = l.session_id')} UNION ${stored('given', 'session_id', 'r.visitor = l.visitor')}`,
  );
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${dirtyCarts('gap')} AS SELECT visitor AS k FROM ${LATE} WHERE session_id IS NULL AND visitor IS NOT NULL AND ${own} UNION ${stored('gap', 'visitor', 'r.visitor = l.visitor')}`,
  );
  const dirty = await database.one(
    `SELECT 1 AS found FROM (SELECT k::VARCHAR FROM ${dirtyCarts('given')} UNION ALL SELECT k::VARCHAR FROM ${dirtyCarts('gap')}) LIMIT 1`,
  );
  return dirty === undefined ? null : Number(found['first']) - within;
}
