import type {
  Period,
  RetentionAnswer,
  RetentionQuestion,
  TrendAnswer,
  TrendCount,
  TrendQuestion,
} from '../../../src/journey/question.ts';
import { formatMoney } from '../money.ts';
import { compare } from './funnel.ts';
import { type Done, inScope, type Journey, picked, touchOf, unitsOf } from './journey.ts';

const inside = ({ start, end }: Period, time: number): boolean => time >= start && time < end;

function countOf(events: readonly Done[]): TrendCount {
  const purchases = events.filter(({ type }) => type === 'purchase');
  const people = new Set(events.map(({ journey }) => journey.person));
  people.delete(null);
  return {
    events: events.length,
    sessions: new Set(events.map(({ journey }) => journey)).size,
    persons: people.size,
    revenue: formatMoney(purchases.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n)),
  };
}

export function trendOracle(journeys: readonly Journey[], question: TrendQuestion): TrendAnswer {
  const { of, periods, breakdown } = question;
  const events = unitsOf(inScope(journeys, question), 'session')
    .flatMap((unit) => unit.events)
    .filter((event) => picked(event, of));
  const series = (own: readonly Done[]) => ({
    total: countOf(own),
    points: periods.map((period) => countOf(own.filter(({ time }) => inside(period, time)))),
  });
  const groups = breakdown === undefined ? [] : [...Map.groupBy(events, ({ journey }) => touchOf(journey, breakdown))];
  return {
    ...series(events),
    groups: groups
      .map(([value, own]) => ({ value, ...series(own) }))
      .sort((a, b) => b.total.events - a.total.events || compare(a.value, b.value)),
  };
}

export function retentionOracle(journeys: readonly Journey[], question: RetentionQuestion): RetentionAnswer {
  const { first, back, periods, from, ...ever } = question;
  const before = unitsOf(inScope(journeys, ever), 'person');
  const later = unitsOf(inScope(journeys, question), 'person');
  const personOf = (events: readonly Done[]) => events[0]?.journey.person ?? null;
  const returned = new Map(
    later.map(({ events }) => [personOf(events), events.filter((event) => picked(event, back))]),
  );
  const cohortOf = new Map(
    before.flatMap(({ events }) => {
      const seen = events.find((event) => picked(event, first));
      const cohort = seen === undefined ? -1 : periods.findIndex((period) => inside(period, seen.time));
      return seen === undefined || cohort < 0 || (from !== undefined && seen.time < from)
        ? []
        : [[personOf(events), cohort]];
    }),
  );
  return {
    cohorts: periods.map(({ start }, cohort) => {
      const own = [...cohortOf].filter(([, each]) => each === cohort).map(([person]) => person);
      return {
        start,
        persons: own.length,
        back: periods
          .slice(cohort)
          .map(
            (period) =>
              own.filter((person) => (returned.get(person) ?? []).some(({ time }) => inside(period, time))).length,
          ),
      };
    }),
  };
}
