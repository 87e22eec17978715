import fc from 'fast-check';
import { hours, minutes } from '../../src/core/time.ts';
import { STEP } from '../../src/engine/protocol/silence.ts';
import { picks, type Stream, streams } from '../oracle/arbitrary.ts';
import { formatInstant, parseInstant } from '../oracle/instant.ts';
import { split } from '../oracle/transform.ts';
import { type Journey, journeyScript } from './journey.ts';
import type { Script, Step } from './script.ts';

const every = fc.constantFrom(0, 1, 2, 3);

/** Journeys with whatever may happen on the way; `copies` of events without ids would be other events. */
export const journeys = ({ copies = true } = {}): fc.Arbitrary<Journey> =>
  fc.record({
    order: picks(),
    copies: copies ? picks() : fc.constant([]),
    cuts: fc.array(fc.nat(1000), { maxLength: 7 }),
    partitions: fc.array(fc.nat(2), { maxLength: 5 }),
    read: every,
    finalize: every,
    reopen: every,
    end: every,
  });

/** Streams on journeys, as scripts. */
export const journeyScripts = ({ ids = true, maxEvents = 40 } = {}): fc.Arbitrary<Script> =>
  fc
    .tuple(streams({ maxEvents, ids }), journeys({ copies: ids }), fc.constantFrom(0, 0, 1, 7))
    .map(([stream, journey, beside]) => ({
      ...journeyScript(stream, journey),
      ...(beside === 0 ? {} : { every: beside }),
    }));

/** Puts steps in at picked places, in their order. */
export function scatter(script: Script, extra: readonly Step[], places: readonly number[]): Script {
  const first = Math.max(
    0,
    script.steps.findIndex((step) => step.do === 'give'),
  );
  const at = extra.map((_, i) => first + ((places[i] ?? 0) % (script.steps.length - first + 1))).sort((a, b) => a - b);
  const steps = [...script.steps];
  for (const [i, step] of [...extra.entries()].reverse()) steps.splice(at[i] ?? steps.length, 0, step);
  return { ...script, steps };
}

/** Journeys during which catalogue, users and rates are loaded again, from the shop clock on or from a given time. */
export const reloadScripts = (): fc.Arbitrary<Script> =>
  fc
    .tuple(
      streams({ maxEvents: 40 }),
      journeys(),
      fc.array(streams({ maxEvents: 0 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
    )
    .map(([stream, journey, later, places]) => {
      const reloads = later.flatMap(({ facts: { products = [], users = [], rates = [], counts = [] } }): Step[] => [
        ...(products.length > 0 ? [{ do: 'products', rows: products } as const] : []),
        ...(users.length > 0 ? [{ do: 'users', rows: users } as const] : []),
        ...(rates.length > 0 ? [{ do: 'rates', rows: rates } as const] : []),
        ...(counts.length > 0 ? [{ do: 'stock', rows: counts } as const] : []),
      ]);
      return scatter(journeyScript(stream, journey), reloads, places);
    });

/** Journeys of the later part of a stream, into which the earlier part is loaded as history, a batch at a time. */
export const loadScripts = (of = streams({ maxEvents: 60 })): fc.Arbitrary<Script> =>
  fc
    .tuple(
      of,
      journeys(),
      fc.nat(1000),
      fc.array(fc.nat(1000), { maxLength: 4 }),
      fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
    )
    .map(([stream, journey, cut, cuts, places]) => {
      const [history = [], live = []] = split(stream.events, [cut]);
      const batches = split(history, cuts);
      const loads = batches.map(
        (events, i): Step => ({
          do: 'give',
          events,
          partitions: events.map(() => 'history'),
          ended: i === batches.length - 1 ? ['history'] : [],
          load: 1,
        }),
      );
      const recent: Stream = { ...stream, events: live };
      return scatter(journeyScript(recent, journey), loads, places);
    });

/** Journeys with a live source that falls silent, wholly or in part: time goes on, and what comes then may be late. */
export const tickScripts = (): fc.Arbitrary<Script> =>
  fc
    .tuple(
      streams({ maxEvents: 40 }),
      // A wall clock that leaps by weeks forgets ids: copies have a test of their own.
      journeys({ copies: false }),
      fc.array(
        fc.record({
          by: fc.constantFrom(STEP, minutes(1), minutes(15), minutes(41), hours(3)),
          silent: fc.option(fc.subarray(['p0', 'p1', 'p2'], { minLength: 1 })),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
    )
    .map(([stream, journey, ticks, places]) => {
      const steps = ticks.map(({ by, silent }): Step => ({ do: 'tick', by, ...(silent === null ? {} : { silent }) }));
      return { ...scatter(journeyScript(stream, journey), steps, places), live: true };
    });

/** Journeys during which stock is counted: at, just before and just after what moves it, and at other times. */
export const countScripts = (): fc.Arbitrary<Script> =>
  fc
    .tuple(
      streams({ maxEvents: 40 }),
      journeys(),
      fc.array(
        fc.record({
          of: fc.nat(1000),
          by: fc.constantFrom(0, 0, 1, -1, minutes(20), -minutes(20), hours(30)),
          stock: fc.integer({ min: 0, max: 16 }).map(String),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
    )
    .map(([stream, journey, drawn, places]) => {
      const moving = stream.events.filter(({ event_type }) => MOVING.includes(event_type));
      const steps = drawn.flatMap(({ of, by, stock }): Step[] => {
        const { product_id, event_time } = moving[of % Math.max(1, moving.length)] ?? {};
        if (product_id == null || event_time === undefined) return [];
        return [
          { do: 'stock', rows: [{ product_id, stock, counted_at: formatInstant(parseInstant(event_time) + by) }] },
        ];
      });
      return scatter(journeyScript(stream, journey), steps, places);
    });

const MOVING = ['purchase', 'refund', 'restock'];
