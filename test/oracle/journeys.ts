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
