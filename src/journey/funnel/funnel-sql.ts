import { hasSql, listsOf } from '../pick.ts';
import type { FunnelQuestion, StepOrder } from '../question.ts';
import { type ListName, type Source, scopeSql, symbolSql } from '../scope.ts';
import { anyOrderChains, type Chains, orderedChains, strictChains } from './chains.ts';
import { inSessionChains } from './in-session.ts';
import { laidOutSql } from './laid-out.ts';

const CHAINS: Readonly<Record<StepOrder, (chains: Chains) => string>> = {
  ordered: orderedChains,
  strict: strictChains,
  any: anyOrderChains,
};

/** Events of one person at the same time: by session, those without an id last, then as in the session. */
const ORDER = { session: ['place'], person: ['happened', 'session_id NULLS LAST', 'place'] } as const;

/**
 * A funnel as one statement: for each value of the breakdown (`touch`; `whole` is true for all together) and step k the
 * units that came as far (`n<k>`), their revenue (`r<k>`), and the sum and median of the microseconds from the step
 * before (`s<k>`, `d<k>`).
 *
 * Nearly all units do one step only. Those are counted from one look at each session; only the others are laid out
 * event by event, a quarter of the persons of a shop and a tenth of its sessions.
 */
export function funnelSql(question: FunnelQuestion, source: Source): string {
  const { steps, order, by, within, breakdown } = question;
  const bits = steps.map((step, k) => `CASE WHEN ${hasSql(step, source)} THEN ${2 ** k} ELSE 0 END`).join(' | ');
  const purchase = symbolSql('purchase', source);
  const revenue = `CASE WHEN list_contains(types, ${purchase}) THEN coalesce(list_sum(list_filter(amounts, lambda x, i: types[i] = ${purchase})), 0) ELSE 0 END`;
  const stepLists = ['times', ...steps.flatMap(listsOf)] as const satisfies readonly ListName[];
  const lists = [...new Set<ListName>([...stepLists, 'types', 'amounts'])];
  const kept = ['person', 'session_id', 'session_start', ...(breakdown === undefined ? [] : ['touch'])];
  // The condition is between the mask and the revenue, so that revenue is not made for those that it leaves out.
  const sessions = (condition: string): string =>
    `SELECT * EXCLUDE (amounts), ${revenue} AS revenue FROM (SELECT ${[...kept, ...lists].join(', ')}, ${bits} AS mask FROM (${scopeSql(question, lists, source, breakdown)})) WHERE ${condition}`;
  const touch = breakdown === undefined ? 'NULL::INTEGER AS touch' : 'touch';
  const several = order === 'any' ? 'bit_count(mask) > 1' : 'mask & 3 = 3';

  const chains = (sessionsOfMany: string): string =>
    CHAINS[order]({
      events: laidOutSql(sessionsOfMany, question, source),
      order: ORDER[by],
      steps: steps.length,
      within,
    });

  const tables =
    by === 'session'
      ? [
          `unit_of AS (SELECT ${touch}, mask, revenue FROM (${sessions('TRUE')}))`,
          `several AS MATERIALIZED (SELECT *, row_number() OVER () AS unit FROM (${sessions(several)}))`,
          `furthest AS (${order === 'ordered' ? orderedInSessions(question, source, chains) : chains('several')})`,
          `far AS (SELECT ${touch}, revenue, chain FROM several JOIN furthest USING (unit))`,
        ]
      : [
          // Looking at the sessions twice costs less than keeping their lists: 205 against 239 CPU ms a million events.
          `session AS NOT MATERIALIZED (${sessions('TRUE')})`,
          `unit_of AS MATERIALIZED (SELECT person, bit_or(mask) AS mask, sum(revenue) AS revenue${breakdown === undefined ? '' : `, ${edgeOf(breakdown.which)} AS touch`} FROM session WHERE person IS NOT NULL GROUP BY person)`,
          `furthest AS (${chains(`(SELECT person AS unit, * FROM session WHERE person IN (SELECT person FROM unit_of WHERE ${several}))`)})`,
          `far AS (SELECT ${touch}, revenue, chain FROM unit_of JOIN furthest ON person = unit)`,
        ];
  const groups = breakdown === undefined ? '' : ' GROUP BY GROUPING SETS ((touch), ())';
  const group =
    breakdown === undefined ? 'NULL::INTEGER AS touch, TRUE AS whole' : 'touch, grouping(touch) = 1 AS whole';
  const first = order === 'any' ? 'mask <> 0' : 'mask & 1 <> 0';
  const began = `SELECT ${group}, count(*) AS n1, sum(revenue) AS r1 FROM (SELECT ${touch}, mask, revenue FROM unit_of) WHERE ${first}${groups}`;
  const later = steps.slice(1).flatMap((_, i) => {
    const k = i + 2;
    const reached = `FILTER (len(chain) >= ${k})`;
    const took = `chain[${k}] - chain[${k - 1}]`;
    return [
      `count(*) ${reached} AS n${k}`,
      `sum(revenue) ${reached} AS r${k}`,
      `sum(${took}) ${reached} AS s${k}`,
      `quantile_disc(${took}, 0.5) ${reached} AS d${k}`,
    ];
  });
  const went = `SELECT ${group}, ${later.join(', ')} FROM far${groups}`;
  return `WITH ${tables.join(', ')} SELECT b.*, w.* EXCLUDE (touch, whole) FROM (${began}) b LEFT JOIN (${went}) w ON b.touch IS NOT DISTINCT FROM w.touch AND b.whole = w.whole`;
}

/** Nearly no session is longer than a conversion window: only those that are need their times looked at. */
function orderedInSessions(
  { steps, within }: FunnelQuestion,
  source: Source,
  chains: (sessions: string) => string,
): string {
  if (within === undefined) return inSessionChains('several', steps, source);
  const wide = `(epoch_us(times[-1]) - epoch_us(times[1]) > ${within})`;
  const part = (condition: string): string => `(SELECT * FROM several WHERE ${condition})`;
  return `(${inSessionChains(part(`NOT ${wide}`), steps, source)}) UNION ALL (${chains(part(wide))})`;
}

/** The touch of a person's first or last session that has one; of those that begin together, by the session id. */
const edgeOf = (which: 'first' | 'last'): string =>
  `${which === 'first' ? 'arg_min' : 'arg_max'}(touch, row(session_start, session_id IS NULL, session_id)) FILTER (touch IS NOT NULL)`;
