import { keyColumn, ofStrand, type Strand, sessionKind } from '../compile/session.ts';
import { openTable, resultTable } from '../compile/layout.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Database } from '../store/database.ts';
import type { ViewPlan } from '../view/view.ts';
import type { CalendarWindow } from './protocol/calendar.ts';
import type { Shop } from './shop.ts';

/** Temporary table of the session keys to look at again: k, and the earliest time from which their events matter. */
export const DIRTY = 'session_dirty';

/** Windows that ingest marked for a view. */
export async function dirtyWindows({ database }: Shop, view: ViewPlan): Promise<readonly CalendarWindow[]> {
  const rows = await database.rows(
    `SELECT DISTINCT window_start AS start, window_end AS "end" FROM dirty_window WHERE view = '${view.name}' ORDER BY 1`,
  );
  return rows.map((row) => ({ start: Number(row['start']), end: Number(row['end']) }));
}

/**
 * Fills `session_dirty` with the keys of a strand that have a marked event before the frontier; later ones are closed
 * in the ordinary way. `lo` reaches back to the start of whatever stored or open session the event may belong to.
 *
 * @returns how many keys there are
 */
export async function dirtySessions({ database, context }: Shop, view: ViewPlan, strand: Strand, frontier: EpochMicros): Promise<number> {
  if (!Number.isFinite(frontier)) return 0;
  const key = keyColumn(strand);
  const { dialect } = context;
  const { gap } = sessionKind(view);
  const reach = strand === 'given' && !sessionKind(view).split ? 'TRUE' : `r.session_end >= d.instant - to_microseconds(${gap})`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${DIRTY} AS WITH d AS MATERIALIZED (SELECT "${key}" AS k, min(event_time) AS instant FROM dirty_session WHERE ${ofStrand(strand)} AND "${key}" IS NOT NULL AND event_time < ${dialect.instant(frontier)} GROUP BY 1), r AS (SELECT d.k, min(r.session_start) AS start FROM ${resultTable(view)} r JOIN d ON r."${key}" = d.k WHERE ${ofStrand(strand)} AND ${reach} GROUP BY 1) SELECT d.k, least(d.instant, r.start, o.start) AS lo FROM d LEFT JOIN r USING (k) LEFT JOIN (SELECT "${key}" AS k, start FROM ${openTable(view)} WHERE ${ofStrand(strand)}) o USING (k)`,
  );
  return Number((await database.one(`SELECT count(*) AS n FROM ${DIRTY}`))?.['n']);
}

/** Consumes the marks: the finalizer's own transaction read them, and no other may write between. */
export async function forgetDirty(database: Database): Promise<void> {
  await database.run('DELETE FROM dirty_window');
  await database.run('DELETE FROM dirty_session');
}
