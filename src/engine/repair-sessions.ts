import { CHANGE } from '../compile/change.ts';
import { layoutOf, openTable, resultTable, storedColumns } from '../compile/layout.ts';
import { keyColumn, ofStrand, type Strand, sessionKind, sessionRows, strandEvents } from '../compile/session.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { DIRTY } from './dirty-marks.ts';
import { fillInShares } from './fill-in-shares.ts';
import type { ShopSnapshot } from './shop.ts';
import { insertRows, writeRestated } from './write-rows.ts';

const REPAIRED = 'session_repaired';
const GOING_ON = 'session_going_on';

/**
 * Recomputes the sessions of the keys in `session_dirty` from raw. Those that are over are restated; one that goes on
 * past the frontier becomes an open session, with its start where it now is, and is restated when it closes.
 *
 * @returns starts, old and new, of the sessions that changed
 */
export async function repairSessions(
  shop: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  frontier: EpochMicros,
  { epoch, cause }: { readonly epoch: number; readonly cause: string },
): Promise<readonly EpochMicros[]> {
  const { database, context } = shop;
  const { dialect } = context;
  const key = keyColumn(strand);
  const split = strand === 'gap' || sessionKind(view).split;
  const at = dialect.instant(frontier);
  const earliest = Number((await database.one(`SELECT min(lo) AS lo FROM ${DIRTY}`))?.['lo']);
  const events = (share: string) =>
    `(SELECT e.* FROM ${strandEvents(view, strand, context)} e JOIN (FROM ${DIRTY} WHERE ${share}) d ON e.k = d.k WHERE e.event_time >= ${dialect.instant(earliest)} AND e.event_time >= d.lo)`;
  const count = await database.one(`SELECT count(*) AS n FROM ${events('TRUE')}`);
  await fillInShares(database, REPAIRED, Number(count?.['n']), (share) =>
    sessionRows(view, strand, events(share), context),
  );
  // What goes on: the whole key for a given id, else the run that reaches the frontier.
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${GOING_ON} AS SELECT "${key}" AS k, min(session_start) AS start FROM ${REPAIRED} ${split ? `WHERE session_end >= ${at} GROUP BY 1` : `GROUP BY 1 HAVING max(session_end) >= ${at}`}`,
  );
  const columns = storedColumns(layoutOf(view, context)).join(', ');
  const over = split
    ? `SELECT ${columns}, late_events FROM ${REPAIRED} WHERE session_end < ${at}`
    : `SELECT ${columns}, late_events FROM ${REPAIRED} WHERE "${key}" NOT IN (SELECT k FROM ${GOING_ON})`;
  const replaced = split
    ? `SELECT r.rowid FROM ${resultTable(view)} r JOIN ${DIRTY} d ON r."${key}" = d.k LEFT JOIN ${GOING_ON} g ON g.k = d.k WHERE r.session_end >= d.lo AND r.session_end < coalesce(least(g.start, ${at}), ${at})`
    : `SELECT r.rowid FROM ${resultTable(view)} r JOIN ${DIRTY} d ON r."${key}" = d.k WHERE d.k NOT IN (SELECT k FROM ${GOING_ON})`;
  await writeRestated(shop, view, over, `${ofStrand(strand)} AND rowid IN (${replaced})`, epoch, cause);
  const changed = await changedStarts(shop);
  await carryOn(shop, view, strand, at);
  return changed;
}

async function carryOn({ database }: ShopSnapshot, view: ViewPlan, strand: Strand, at: string): Promise<void> {
  const key = keyColumn(strand);
  const open = openTable(view);
  const stored = `EXISTS (SELECT 1 FROM ${resultTable(view)} r WHERE r."${key}" = g.k AND r.session_end >= g.start)`;
  await database.run(`DELETE FROM ${open} WHERE ${ofStrand(strand)} AND "${key}" IN (SELECT k FROM ${DIRTY})`);
  await insertRows(
    database,
    open,
    `SELECT g.k AS "${key}", g.start, ${stored} AS stored FROM ${GOING_ON} g WHERE g.start < ${at}`,
  );
}

/** Session starts, old and new, of the rows that the last restatement changed. */
export async function changedStarts({ database }: ShopSnapshot): Promise<readonly EpochMicros[]> {
  const rows = await database.rows(
    `SELECT DISTINCT instant FROM (SELECT old_start AS instant FROM ${CHANGE} UNION ALL SELECT new_start FROM ${CHANGE}) WHERE instant IS NOT NULL`,
  );
  return rows.map(({ instant }) => Number(instant));
}
