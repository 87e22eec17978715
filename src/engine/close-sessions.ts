import {
  CARRIED,
  type Closing,
  carriedSql,
  FRESH,
  freshSql,
  goneOnFrom,
  inSpan,
  keyColumn,
  mayComeBack,
  nextSql,
  openRows,
  type Strand,
  seenSql,
} from '../compile/session.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { fillInShares } from './fill-in-shares.ts';
import type { ShopSnapshot } from './shop.ts';
import type { Learning } from './stored-keys.ts';

/**
 * Fills a temporary table with the sessions that are not over at `from`, as they are now: stored columns and
 * `late_events`.
 *
 * @returns a condition on the result table (`t`) for the rows that none of them goes on from
 */
export async function openSessions(
  shop: ShopSnapshot,
  view: ViewPlan,
  from: EpochMicros,
  table: string,
): Promise<string> {
  const { database, context } = shop;
  const later = { from, to: Number.POSITIVE_INFINITY };
  const standing = [`session_end < ${context.dialect.instant(from)}`];
  for (const [i, strand] of shop.strands.entries()) {
    await database.run(nextSql(view, strand, later, true, context));
    const rows = openRows(view, strand, from, await carry(shop, view, strand, later, 'known'), context);
    await database.run(
      i === 0 ? `CREATE OR REPLACE TEMP TABLE ${table} AS ${rows}` : `INSERT INTO ${table} BY NAME ${rows}`,
    );
    if (!(await anyStored(shop))) continue;
    const replaced = `${table}_${strand}_replaced`;
    await database.run(`CREATE OR REPLACE TEMP TABLE ${replaced} AS ${goneOnFrom(view, strand)}`);
    standing.push(
      `NOT coalesce((t."${keyColumn(strand)}", t.session_start) IN (SELECT k, start FROM ${replaced}), FALSE)`,
    );
  }
  return standing.join(' AND ');
}

/** Whether any of the sessions that were carried over has a stored row. */
export async function anyStored({ database }: ShopSnapshot): Promise<boolean> {
  return (await database.one(`SELECT 1 AS found FROM ${CARRIED} WHERE stored LIMIT 1`)) !== undefined;
}

/** Notes the sessions that began before a stretch; returns when the first of them did. */
async function carry(
  shop: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
  learning: Learning,
): Promise<EpochMicros | null> {
  const { database, context } = shop;
  const mayReopen = mayComeBack(view, strand)
    ? await shop.storedKeys.among(shop, view, seenSql(view, strand, closing, context), learning)
    : [];
  await database.run(carriedSql(view, strand, closing, mayReopen, context));
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
  const earliest = await carry(shop, view, strand, closing, 'learn');
  const events = await database.one(`SELECT count(*) AS n FROM raw WHERE ${inSpan(closing, context)}`);
  await fillInShares(database, FRESH, Number(events?.['n']), (share) =>
    freshSql(view, strand, closing, earliest, context, share),
  );
}
