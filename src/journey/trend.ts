import type { Session } from '../store/session.ts';
import type { Row } from '../store/value.ts';
import { byText } from './by-text.ts';
import { eventsSql } from './events.ts';
import { moneyText } from './money-text.ts';
import { periodSql } from './periods.ts';
import { EVENT, listsOf, pickSql } from './pick.ts';
import type { TrendAnswer, TrendCount, TrendQuestion, TrendSeries } from './question.ts';
import { type ListName, type Source, scopeSql, symbolSql } from './scope.ts';
import { type Relation, sourceFor, textsOf } from './source.ts';

/**
 * Counts by period (`period`, null outside of all; `whole`: over all of them) and value of the breakdown (`touch`;
 * `everybody`: over all of them). Events are first put together by session and period, which leaves a fifth of them to
 * count distinct.
 */
export function trendSql({ of, periods, breakdown, ...scope }: TrendQuestion, source: Source): string {
  const lists: readonly ListName[] = [...new Set<ListName>(['times', 'types', 'amounts', ...listsOf(of)])];
  const kept = ['session', 'person', ...(breakdown === undefined ? [] : ['touch'])];
  const sessions = `(SELECT row_number() OVER () AS session, * FROM (${scopeSql(scope, lists, source, breakdown)}))`;
  const revenue = `sum(CASE WHEN ${EVENT.types} = ${symbolSql('purchase', source)} THEN ${EVENT.amounts} END)`;
  const bySession = `SELECT ${kept.join(', ')}, ${periodSql(EVENT.times, periods)} AS period, count(*) AS events, ${revenue} AS revenue FROM (${eventsSql(sessions, kept, lists)}) WHERE ${pickSql(of, source)} GROUP BY ALL`;
  const sets = breakdown === undefined ? '(period), ()' : '(period), (), (period, touch), (touch)';
  const touch =
    breakdown === undefined ? 'NULL::INTEGER AS touch, TRUE AS everybody' : 'touch, grouping(touch) = 1 AS everybody';
  return `SELECT period, grouping(period) = 1 AS whole, ${touch}, sum(events)::BIGINT AS events, count(DISTINCT session) AS sessions, count(DISTINCT person) AS persons, sum(revenue) AS revenue FROM (${bySession}) GROUP BY GROUPING SETS (${sets})`;
}

const NOTHING: TrendCount = { events: 0, sessions: 0, persons: 0, revenue: moneyText(undefined) };

const countOf = (row: Row): TrendCount => ({
  events: Number(row['events']),
  sessions: Number(row['sessions']),
  persons: Number(row['persons']),
  revenue: moneyText(row['revenue']),
});

function seriesOf(rows: readonly Row[], periods: number): TrendSeries {
  const points: TrendCount[] = Array.from({ length: periods }, () => NOTHING);
  let total = NOTHING;
  for (const row of rows) {
    if (row['whole'] === true) total = countOf(row);
    else if (row['period'] !== null) points[Number(row['period'])] = countOf(row);
  }
  return { total, points };
}

/**
 * Events, sessions, persons and revenue by period (semantics, "Counting kernel").
 * @example trend(session, relation, { of: { types: ['view'] }, periods: [{ start, end }] })
 */
export async function trend(session: Session, relation: Relation, question: TrendQuestion): Promise<TrendAnswer> {
  const source = await sourceFor(session, relation, question);
  const rows = await session.rows(trendSql(question, source));
  const everybody = rows.filter((row) => row['everybody'] === true);
  const groups = Map.groupBy(
    rows.filter((row) => row['everybody'] === false),
    (row) => row['touch'] ?? null,
  );
  const texts = await textsOf(session, [...groups.keys()]);
  const named = [...groups].map(([touch, own]) => ({
    value: touch === null ? null : (texts.get(Number(touch)) ?? null),
    ...seriesOf(own, question.periods.length),
  }));
  return {
    ...seriesOf(everybody, question.periods.length),
    groups: named.sort((a, b) => b.total.events - a.total.events || byText(a.value, b.value)),
  };
}
