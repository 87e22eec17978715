import type { Session } from '../../store/session.ts';
import type { Row } from '../../store/value.ts';
import { byText } from '../by-text.ts';
import { moneyText } from '../money-text.ts';
import type { FunnelAnswer, FunnelQuestion, FunnelStep } from '../question.ts';
import { type Relation, sourceFor, textsOf } from '../source.ts';
import { funnelSql } from './funnel-sql.ts';

/**
 * How many units came how far along the steps (semantics, "Counting kernel").
 *
 * @param question two steps at least, at most 16
 * @example funnel(session, relation, { steps: [{ types: ['view'] }, { types: ['purchase'] }], order: 'ordered', by: 'session' })
 */
export async function funnel(session: Session, relation: Relation, question: FunnelQuestion): Promise<FunnelAnswer> {
  const source = await sourceFor(session, relation, question);
  const rows = await session.rows(funnelSql(question, source));
  const whole = rows.find((row) => row['whole'] === true);
  const groups = rows.filter((row) => row['whole'] === false);
  const texts = await textsOf(
    session,
    groups.map((row) => row['touch']),
  );
  return {
    steps: stepsOf(whole, question.steps.length),
    groups: groups
      .map((row) => ({
        value: row['touch'] === null ? null : (texts.get(Number(row['touch'])) ?? null),
        steps: stepsOf(row, question.steps.length),
      }))
      .sort((a, b) => (b.steps[0]?.count ?? 0) - (a.steps[0]?.count ?? 0) || byText(a.value, b.value)),
  };
}

const share = (part: number, of: number): number | null => (of === 0 ? null : part / of);
const SECOND = 1e6;

function stepsOf(row: Row | undefined, count: number): readonly FunnelStep[] {
  const reached = Array.from({ length: count }, (_, i) => Number(row?.[`n${i + 1}`] ?? 0));
  return reached.map((units, i) => {
    const sum = row?.[`s${i + 1}`] ?? null;
    const median = row?.[`d${i + 1}`] ?? null;
    return {
      count: units,
      of_first: share(units, reached[0] ?? 0),
      of_previous: i === 0 ? null : share(units, reached[i - 1] ?? 0),
      revenue: moneyText(row?.[`r${i + 1}`]),
      median_seconds: median === null ? null : Number(median) / SECOND,
      mean_seconds: sum === null || units === 0 ? null : Number(sum) / units / SECOND,
    };
  });
}
