import type { Session } from '../store/session.ts';
import { eventsSql } from './events.ts';
import { periodSql } from './periods.ts';
import { EVENT, listsOf, pickSql } from './pick.ts';
import type { EventPick, RetentionAnswer, RetentionQuestion } from './question.ts';
import { type ListName, type Source, scopeSql } from './scope.ts';
import { type Relation, sourceFor } from './source.ts';

/** Persons by the period in which they were first seen (`cohort`) and periods later (`later`; null: the cohort itself). */
export function retentionSql({ first, back, periods, from, to, where }: RetentionQuestion, source: Source): string {
  const ever = { ...(to === undefined ? {} : { to }), ...(where === undefined ? {} : { where }) };
  const range = from === undefined ? ever : { ...ever, from };
  const rows = (scope: typeof range, pick: EventPick): string => {
    const lists: readonly ListName[] = ['times', ...listsOf(pick)];
    const sessions = `(SELECT * FROM (${scopeSql(scope, lists, source)}) WHERE person IS NOT NULL)`;
    return `(SELECT person, ${EVENT.times} FROM (${eventsSql(sessions, ['person'], lists)}) WHERE ${pickSql(pick, source)})`;
  };
  const inRange = from === undefined ? '' : ` HAVING min(${EVENT.times}) >= ${source.context.dialect.instant(from)}`;
  const tables = [
    `seen AS MATERIALIZED (SELECT person, ${periodSql(`min(${EVENT.times})`, periods)} AS cohort FROM ${rows(ever, first)} GROUP BY person${inRange})`,
    `returned AS (SELECT DISTINCT person, ${periodSql(EVENT.times, periods)} AS period FROM ${rows(range, back)})`,
  ];
  return `WITH ${tables.join(', ')} SELECT cohort, NULL AS later, count(*) AS persons FROM seen WHERE cohort IS NOT NULL GROUP BY cohort UNION ALL SELECT cohort, period - cohort AS later, count(*) AS persons FROM seen JOIN returned USING (person) WHERE period >= cohort GROUP BY ALL`;
}

/**
 * Of the persons first seen in each period, those seen again in the periods after it (semantics, "Counting kernel").
 * @example retention(session, relation, { first: {}, back: { types: ['purchase'] }, periods })
 */
export async function retention(
  session: Session,
  relation: Relation,
  question: RetentionQuestion,
): Promise<RetentionAnswer> {
  const source = await sourceFor(session, relation, question);
  const rows = await session.rows(retentionSql(question, source));
  const counts = new Map(rows.map((row) => [`${row['cohort']}/${row['later'] ?? ''}`, Number(row['persons'])]));
  const { periods } = question;
  return {
    cohorts: periods.map(({ start }, cohort) => ({
      start,
      persons: counts.get(`${cohort}/`) ?? 0,
      back: periods.slice(cohort).map((_, later) => counts.get(`${cohort}/${later}`) ?? 0),
    })),
  };
}
