import { CARRIED, type Closing, carriedSql, freshSql, nextSql, openRows, type Strand } from '../compile/session.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import type { ShopSnapshot } from './shop.ts';

/**
 * Fills a temporary table with the sessions that are not over at `from`, as they are now: stored columns and
 * `late_events`.
 */
export async function openSessions(
  shop: ShopSnapshot,
  view: ViewPlan,
  from: EpochMicros,
  table: string,
): Promise<void> {
  const { database, context } = shop;
  const later = { from, to: Number.POSITIVE_INFINITY };
  for (const [i, strand] of shop.strands.entries()) {
    await database.run(nextSql(view, strand, later, true, context));
    const rows = openRows(view, strand, from, await carry(shop, view, strand, later), context);
    await database.run(
      i === 0 ? `CREATE OR REPLACE TEMP TABLE ${table} AS ${rows}` : `INSERT INTO ${table} BY NAME ${rows}`,
    );
  }
}

/** Notes the sessions that began before a stretch; returns when the first of them did. */
async function carry(
  { database, context }: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
): Promise<EpochMicros | null> {
  await database.run(carriedSql(view, strand, closing, context));
  const earliest = (await database.one(`SELECT min(start) AS start FROM ${CARRIED}`))?.['start'];
  return earliest == null ? null : Number(earliest);
}

/**
 * Computes the sessions of a strand that end in a stretch of time, into `session_fresh`, with what they need to be
 * told apart from those that go on.
 */
export async function prepareClosing(
  shop: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
): Promise<void> {
  const { database, context, extent } = shop;
  const tail = (extent?.end ?? closing.from) - closing.to;
  const live = closing.to - closing.from < tail;
  await database.run(nextSql(view, strand, closing, live, context));
  const earliest = await carry(shop, view, strand, closing);
  await database.run(freshSql(view, strand, closing, earliest, context));
}
