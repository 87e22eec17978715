import type { FunnelAnswer, FunnelQuestion, FunnelStep, TouchOf } from '../../../src/journey/question.ts';
import { formatMoney } from '../money.ts';
import { type Done, inScope, type Journey, picked, sessionOrder, touchOf, type UnitOf, unitsOf } from './journey.ts';

interface Result {
  readonly touch: string | null;
  /** Times of the steps of the attempt that counts. */
  readonly times: readonly number[];
  readonly revenue: bigint;
}

/** Funnels by trying every attempt that there is. */
export function funnelOracle(journeys: readonly Journey[], question: FunnelQuestion): FunnelAnswer {
  const scoped = inScope(journeys, question);
  const results = unitsOf(scoped, question.by).map((unit): Result => {
    const purchases = unit.events.filter(({ type }) => type === 'purchase');
    return {
      touch: question.breakdown === undefined ? null : unitTouch(unit, question.breakdown, scoped),
      times: best(unit.events, question),
      revenue: purchases.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n),
    };
  });
  const began = results.filter(({ times }) => times.length > 0);
  const groups = question.breakdown === undefined ? [] : [...Map.groupBy(began, ({ touch }) => touch)];
  return {
    steps: stepsOf(began, question.steps.length),
    groups: groups
      .map(([value, own]) => ({ value, steps: stepsOf(own, question.steps.length) }))
      .sort((a, b) => (b.steps[0]?.count ?? 0) - (a.steps[0]?.count ?? 0) || compare(a.value, b.value)),
  };
}

export const compare = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null || (b !== null && a > b) ? 1 : -1;

function unitTouch({ journeys }: UnitOf, touch: TouchOf, all: readonly Journey[]): string | null {
  const order = sessionOrder(all);
  const said = journeys
    .filter((journey) => touchOf(journey, touch) !== null)
    .sort((a, b) => a.start - b.start || order(a, b));
  const chosen = touch.which === 'first' ? said[0] : said.at(-1);
  return chosen === undefined ? null : touchOf(chosen, touch);
}

/** All ways of doing the steps one after the other, as indexes of events. */
function attempts(events: readonly Done[], { steps, order }: FunnelQuestion): number[][] {
  const found: number[][] = [];
  const goOn = (done: readonly number[]): void => {
    if (done.length > 0) found.push([...done]);
    const step = steps[done.length];
    if (step === undefined) return;
    const last = done.at(-1);
    events.forEach((event, i) => {
      const follows = last === undefined || (order === 'strict' ? i === last + 1 : i > last);
      if (follows && picked(event, step)) goOn([...done, i]);
    });
  };
  goOn([]);
  return found;
}

const within = (times: readonly number[], longest: number | undefined): boolean =>
  longest === undefined || (times.at(-1) ?? 0) - (times[0] ?? 0) <= longest;

function best(events: readonly Done[], question: FunnelQuestion): readonly number[] {
  if (question.order === 'any') return bestInAnyOrder(events, question);
  const timesOf = (attempt: readonly number[]) => attempt.map((i) => events[i]?.time ?? 0);
  // The furthest; then the one that ends first; then, going back from its end, the latest of each step.
  const [chosen = []] = attempts(events, question)
    .filter((attempt) => within(timesOf(attempt), question.within))
    .sort((a, b) => {
      if (a.length !== b.length) return b.length - a.length;
      const ends = (a.at(-1) ?? 0) - (b.at(-1) ?? 0);
      if (ends !== 0) return ends;
      for (let i = a.length - 2; i >= 0; i--) {
        const later = (b[i] ?? 0) - (a[i] ?? 0);
        if (later !== 0) return later;
      }
      return 0;
    });
  return timesOf(chosen);
}

function bestInAnyOrder(events: readonly Done[], { steps, within: longest }: FunnelQuestion): readonly number[] {
  const starts = events.filter((event) => steps.some((step) => picked(event, step)));
  const tries = starts.map(({ time: start }) =>
    steps
      .flatMap((step) => {
        const times = events
          .filter((event) => picked(event, step) && event.time >= start)
          .filter(({ time }) => longest === undefined || time - start <= longest)
          .map(({ time }) => time);
        return times.length === 0 ? [] : [Math.min(...times)];
      })
      .sort((a, b) => a - b),
  );
  // The most steps; then the one that ends first; then the one that began last.
  const [chosen = []] = tries.sort(
    (a, b) => b.length - a.length || (a.at(-1) ?? 0) - (b.at(-1) ?? 0) || (b[0] ?? 0) - (a[0] ?? 0),
  );
  return chosen;
}

function stepsOf(results: readonly Result[], count: number): FunnelStep[] {
  const reached = (k: number) => results.filter(({ times }) => times.length >= k);
  const share = (part: number, of: number) => (of === 0 ? null : part / of);
  return Array.from({ length: count }, (_, i) => {
    const units = reached(i + 1);
    const took = i === 0 ? [] : units.map(({ times }) => (times[i] ?? 0) - (times[i - 1] ?? 0)).sort((a, b) => a - b);
    const median = took[Math.ceil(took.length / 2) - 1];
    return {
      count: units.length,
      of_first: share(units.length, reached(1).length),
      of_previous: i === 0 ? null : share(units.length, reached(i).length),
      revenue: formatMoney(units.reduce((sum, { revenue }) => sum + revenue, 0n)),
      median_seconds: median === undefined ? null : median / 1e6,
      mean_seconds: took.length === 0 ? null : took.reduce((a, b) => a + b, 0) / took.length / 1e6,
    };
  });
}
