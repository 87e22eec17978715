import type { EpisodeKind } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import type { CompileContext } from './context.ts';
import { resultTable } from './layout.ts';
import { countsIn, keyOf, type LedgerScope, ledgerOf, movements } from './ledger.ts';

export const episodeKind = ({ name, kind }: ViewPlan): EpisodeKind => {
  if (kind.kind !== 'episode') throw new Error(`${name} is not an episode view`);
  return kind;
};

/** Rows of the ledger and open episodes as they were at the start of a span: entries that say where to go on from. */
function begun(view: ViewPlan, ledger: ViewPlan, base: string): string {
  const [key, its] = [keyOf(view).name, keyOf(ledger).name];
  const open = `(SELECT * FROM ${base} WHERE closed_at IS NULL)`;
  return `SELECT b."${its}" AS k, coalesce(o.opened_at, TIMESTAMP '-infinity') AS moment, b.balance AS counted, 0 AS change, (b.counted_at IS NOT NULL OR b.added > 0) AS known, CASE WHEN o.opened_at IS NULL THEN 0 ELSE 1 END AS given, coalesce(o.late_events, 0) AS late_events FROM ${resultTable(ledger)} b LEFT JOIN ${open} o ON o."${key}" = b."${its}" WHERE b."${its}" IN (SELECT k FROM fresh)`;
}

/**
 * Rows of episodes: stretches of a ledger's story that begin where its balance falls below one number and end where it
 * has reached another. A balance means something from the first count or addition on. SQL that yields the stored columns
 * and `late_events`; with a base, which is this view's stored rows, those that were over before the span are not in it.
 *
 * No loop: the last balance that decides says on which side a key is, and an episode is numbered by the turns before it.
 */
export function episodeRows(view: ViewPlan, scope: LedgerScope, context: CompileContext): string {
  const { opensBelow, closesAt } = episodeKind(view);
  const ledger = ledgerOf(view, context);
  const { dialect } = context;
  const columns = 'k, moment, counted, change, known, given, late_events';
  const moves = `SELECT k, event_time AS moment, NULL::BIGINT AS counted, change, change > 0 AS known, NULL::INTEGER AS given, late::INTEGER AS late_events FROM (${movements(ledger, scope, context)})`;
  const counts = `SELECT k, counted_at AS moment, counted, 0 AS change, TRUE AS known, NULL::INTEGER AS given, 0 AS late_events FROM (${countsIn(ledger, scope, context)})`;
  const fresh = `SELECT ${columns} FROM (${moves}) UNION ALL SELECT ${columns} FROM (${counts})`;
  const old = scope.base === undefined ? '' : ` UNION ALL ${begun(view, ledger, scope.base)}`;
  const whole = 'PARTITION BY k ORDER BY moment';
  const steps = [
    `fresh AS MATERIALIZED (${fresh})`,
    `instants AS (SELECT k, moment, max(counted) AS counted, sum(change)::BIGINT AS change, max(CASE WHEN known THEN 1 ELSE 0 END) AS known, max(given) AS given, sum(late_events)::BIGINT AS late_events FROM (SELECT * FROM fresh${old}) GROUP BY k, moment)`,
    `eras AS (SELECT * REPLACE (max(known) OVER (${whole}) AS known), count(counted) OVER (${whole}) AS era FROM instants)`,
    `balances AS (SELECT *, (sum(coalesce(counted, 0) + change) OVER (PARTITION BY k, era ORDER BY moment))::BIGINT AS balance FROM eras)`,
    `decided AS (SELECT *, coalesce(given, CASE WHEN known = 1 AND balance < ${opensBelow} THEN 1 WHEN balance >= ${closesAt} THEN 0 END) AS side FROM balances)`,
    `runs AS (SELECT *, count(side) OVER (${whole}) AS run FROM decided)`,
    `levels AS (SELECT *, coalesce(max(side) OVER (PARTITION BY k, run), 0) AS low FROM runs)`,
    `turns AS (SELECT *, coalesce(lag(low) OVER (${whole}), 0) AS low_before FROM levels)`,
    `numbered AS (SELECT *, sum(CASE WHEN low > low_before THEN 1 ELSE 0 END) OVER (${whole}) AS episode FROM turns)`,
  ];
  const last = dialect.edge('last', 'balance', 'moment');
  return `WITH ${steps.join(', ')} SELECT k AS "${keyOf(view).name}", min(moment) AS opened_at, max(CASE WHEN low = 0 THEN moment END) AS closed_at, ${last} AS balance, sum(late_events)::BIGINT AS late_events FROM numbered WHERE low + low_before > 0 GROUP BY k, episode`;
}
