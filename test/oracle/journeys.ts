import type { CountedEvent } from './counted-event.ts';
import type { Row } from './input.ts';
import { formatInstant } from './instant.ts';
import { formatMoney } from './money.ts';
import type { Session } from './sessions.ts';

/** By time, and at the same time by the bytes of the id. Events without an id stay as they were given. */
export const inOrder = (events: readonly CountedEvent[]): CountedEvent[] =>
  events.toSorted((a, b) => a.time - b.time || Buffer.compare(bytes(a), bytes(b)));

const bytes = ({ event }: CountedEvent): Buffer => Buffer.from(event.event_id ?? '');

export const TOUCHES = ['channel', 'utm_source', 'device', 'country'] as const;

/** One row a session: every event in order, and the first and last value of each touch. */
export const journeys = (sessions: readonly Session[]): Row[] =>
  sessions.map((session) => {
    const events = inOrder(session.events);
    const touches = TOUCHES.flatMap((name) => {
      const said = events.flatMap(({ event }) => event[name] ?? []);
      return [
        [`first_${name}`, said[0] ?? null],
        [`last_${name}`, said.at(-1) ?? null],
      ] as const;
    });
    return {
      session_id: session.id,
      visitor: session.visitor,
      session_start: formatInstant(session.start),
      session_end: formatInstant(session.end),
      event_times: events.map(({ time }) => formatInstant(time)),
      event_types: events.map(({ type }) => type),
      products: events.map(({ product }) => product),
      categories: events.map(({ category }) => category),
      brands: events.map(({ brand }) => brand),
      amounts: events.map(({ amount }) => (amount === null ? null : formatMoney(amount))),
      ...Object.fromEntries(touches),
    };
  });

const SEQUENCES = ['event_times', 'event_types', 'products', 'categories', 'brands', 'amounts'];

/**
 * A row without what depends on the order of events at the same time. The ids of events that came without one are made
 * from their places in the source, which the oracle does not know.
 */
export function withoutTies(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const times = row['event_times'] as readonly string[];
  const events = times.map((_, i) => SEQUENCES.map((name) => (row[name] as readonly unknown[])[i]));
  const ties = new Set(times).size < times.length;
  return {
    ...Object.fromEntries(Object.entries(row).filter(([name]) => !(ties && /^(first|last)_/.test(name)))),
    ...Object.fromEntries(SEQUENCES.map((name) => [name, null])),
    events: events.map((event) => JSON.stringify(event)).sort(),
  };
}
