import fc from 'fast-check';
import { calendarWindows } from '../../src/engine/protocol/calendar.ts';
import {
  type EventPick,
  type FunnelQuestion,
  type PathsQuestion,
  type Period,
  type RetentionQuestion,
  type Scope,
  TOUCHES,
  type TouchOf,
  type TrendQuestion,
} from '../../src/journey/question.ts';
import type { Journey } from '../oracle/counting/journey.ts';
import { parseInstant } from '../oracle/instant.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;

/** Two nights in which the clock changes, and one in which it does not. */
const BEGINNINGS = ['2019-10-26T20:00:00Z', '2019-03-30T20:00:00Z', '2019-10-01T20:00:00Z'].map(parseInstant);
const ZONES = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
const TYPES = ['view', 'cart_add', 'purchase', 'page'];
const VALUES = { products: ['p1', 'p2'], categories: ['c1', 'c2'], brands: ['b1', 'b2'] };
const TOUCH_VALUES = ['x', 'y'];

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 });
/** Steps between the events of a session: equal times often. */
const step = oneOf([0, 0, 1, SECOND, 60 * SECOND, 10 * 60 * SECOND, 3 * HOUR]);

const event = fc.record({
  step,
  type: oneOf(TYPES),
  product: maybe(oneOf(VALUES.products)),
  category: maybe(oneOf(VALUES.categories)),
  brand: maybe(oneOf(VALUES.brands)),
  amount: maybe(fc.bigInt({ min: 0n, max: 100_000n })),
});

const touches = fc
  .tuple(
    ...TOUCHES.flatMap((touch) => (['first', 'last'] as const).map((which) => ({ touch, which }))).map((touch) =>
      maybe(oneOf(TOUCH_VALUES)).map((value) => [`${touch.which}_${touch.touch}`, value] as const),
    ),
  )
  .map((entries): Readonly<Record<string, string | null>> => Object.fromEntries(entries));

const journey = fc.record({
  session: oneOf(['2', '10', '-3', null]),
  person: oneOf(['7', '7', '7', '1', null]),
  later: oneOf([0, 0, 0, 1, SECOND, HOUR, 23 * HOUR]),
  events: fc.array(event, { minLength: 1, maxLength: 7 }),
  touches,
});

/** Some sessions that overlap, touch and tie on purpose. One a session id and person; without an id they have a person. */
export const shops: fc.Arbitrary<{ readonly journeys: readonly Journey[]; readonly beginning: number }> = fc
  .record({ beginning: oneOf(BEGINNINGS), drawn: fc.array(journey, { maxLength: 8 }) })
  .map(({ beginning, drawn }) => {
    const known = new Set<string>();
    const journeys = drawn.flatMap(({ session, person, later, events, touches: own }): Journey[] => {
      const key = `${session}/${person}`;
      if (known.has(key) || key === 'null/null') return [];
      known.add(key);
      let time = beginning + later;
      const timed = events.map(({ step: elapsed, ...rest }, i) => {
        time += i === 0 ? 0 : elapsed;
        return { ...rest, time };
      });
      return [{ session, person, start: beginning + later, events: timed, touches: own }];
    });
    return { journeys, beginning };
  });

const touchOf: fc.Arbitrary<TouchOf> = fc.record({ touch: oneOf(TOUCHES), which: oneOf(['first', 'last'] as const) });

const given = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== undefined)) as T;

const pick: fc.Arbitrary<EventPick> = fc
  .record({
    types: maybe(fc.uniqueArray(oneOf([...TYPES, 'never']), { minLength: 1, maxLength: 2 })),
    products: fc.option(fc.constant(['p1']), { freq: 2 }),
    categories: fc.option(fc.constant(['c1', 'c2']), { freq: 2 }),
    brands: fc.option(fc.constant(['b2', 'unheard of']), { freq: 2 }),
  })
  .map((each) => given(each) as EventPick);

const scope = (beginning: number): fc.Arbitrary<Scope> =>
  fc
    .record({
      from: fc.option(oneOf([0, 1, SECOND, HOUR, 4 * HOUR]), { freq: 2 }),
      to: fc.option(oneOf([1, SECOND + 1, HOUR, 5 * HOUR, 24 * HOUR]), { freq: 2 }),
      where: fc.option(
        fc.array(
          fc
            .tuple(touchOf, fc.uniqueArray(oneOf(['x', 'y', 'z', null]), { maxLength: 3 }))
            .map(([touch, values]) => ({ ...touch, values })),
          { maxLength: 2 },
        ),
        { freq: 2 },
      ),
    })
    .map(
      ({ from, to, where }) =>
        given({
          from: from === null ? null : beginning + from,
          to: to === null ? null : beginning + to,
          where,
        }) as Scope,
    );

const LENGTH = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 31 * 24 * HOUR } as const;

const periods = (beginning: number): fc.Arbitrary<readonly Period[]> =>
  fc
    .tuple(oneOf(['hour', 'day', 'week', 'month'] as const), oneOf(ZONES), fc.integer({ min: 1, max: 4 }))
    .map(([unit, zone, count]) => {
      const wanted = count + (unit === 'hour' ? 8 : 0);
      return calendarWindows(beginning, beginning + wanted * LENGTH[unit], unit, zone).slice(0, wanted);
    });

export const funnels = (beginning: number): fc.Arbitrary<FunnelQuestion> =>
  fc
    .record({
      scope: scope(beginning),
      steps: fc.array(pick, { minLength: 2, maxLength: 4 }),
      order: oneOf(['ordered', 'strict', 'any'] as const),
      by: oneOf(['session', 'person'] as const),
      within: fc.option(oneOf([0, 1, SECOND, 60 * SECOND, HOUR, 24 * HOUR]), { freq: 2 }),
      breakdown: fc.option(touchOf, { freq: 2 }),
    })
    .map(({ scope: range, ...rest }) => given({ ...range, ...rest }) as FunnelQuestion);

export const trends = (beginning: number): fc.Arbitrary<TrendQuestion> =>
  fc
    .record({
      scope: scope(beginning),
      of: pick,
      periods: periods(beginning),
      breakdown: fc.option(touchOf, { freq: 2 }),
    })
    .map(({ scope: range, ...rest }) => given({ ...range, ...rest }) as TrendQuestion);

export const retentions = (beginning: number): fc.Arbitrary<RetentionQuestion> =>
  fc
    .record({ scope: scope(beginning), first: pick, back: pick, periods: periods(beginning) })
    .map(({ scope: range, ...rest }) => ({ ...range, ...rest }));

const NODES = { type: TYPES, category: VALUES.categories, brand: VALUES.brands, product: VALUES.products } as const;

export const pathQuestions = (beginning: number): fc.Arbitrary<PathsQuestion> =>
  oneOf(['type', 'category', 'brand', 'product'] as const).chain((by) =>
    fc
      .record({
        scope: scope(beginning),
        of: pick,
        by: fc.constant(by),
        start: fc.option(oneOf<string>([...NODES[by], 'never']), { freq: 2 }),
        end: fc.option(oneOf<string>([...NODES[by], 'never']), { freq: 2 }),
        depth: fc.integer({ min: 1, max: 5 }),
        collapse: fc.boolean(),
        top: fc.integer({ min: 1, max: 4 }),
      })
      .map(({ scope: range, ...rest }) => given({ ...range, ...rest }) as PathsQuestion),
  );
