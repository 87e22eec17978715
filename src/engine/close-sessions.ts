import { CARRIED, type Closing, carriedSql, freshSql, nextSql, type Strand } from '../compile/session.ts';
import type { ViewPlan } from '../view/view.ts';
import type { ShopSnapshot } from './shop.ts';

/**
 * Computes the sessions of a strand that end in a stretch of time, into `session_fresh`, with what they need to be
 * told apart from those that go on. Used to close them, and with an end of Infinity to show open ones as they are.
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
  await database.run(carriedSql(view, strand, closing, context));
  const earliest = (await database.one(`SELECT min(start) AS start FROM ${CARRIED}`))?.['start'];
  await database.run(freshSql(view, strand, closing, earliest == null ? null : Number(earliest), context));
}
