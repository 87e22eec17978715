import type { EventPick, Scope, TouchOf } from '../../../src/journey/question.ts';
import type { Units } from '../money.ts';

export interface JourneyEvent {
  readonly time: number;
  readonly type: string;
  readonly product: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly amount: Units | null;
}

/** A session with its events in order; never empty. */
export interface Journey {
  readonly session: string | null;
  readonly person: string | null;
  /** As sent; the person where nothing else is said. */
  readonly visitor?: string | null;
  /** Time of the first event, whatever the range leaves of the others. */
  readonly start: number;
  readonly events: readonly JourneyEvent[];
  /** `first_channel`, `last_country` and so on. */
  readonly touches: Readonly<Record<string, string | null>>;
}

/** An event as part of what its unit did. */
export interface Done extends JourneyEvent {
  readonly journey: Journey;
}

export interface UnitOf {
  /** In the order in which the unit did them. */
  readonly events: readonly Done[];
  readonly journeys: readonly Journey[];
}

export const picked = (event: JourneyEvent, pick: EventPick): boolean => {
  const among = (values: readonly string[] | undefined, value: string | null) =>
    values === undefined || (value !== null && values.includes(value));
  return (
    among(pick.types, event.type) &&
    among(pick.products, event.product) &&
    among(pick.categories, event.category) &&
    among(pick.brands, event.brand)
  );
};

export const touchOf = ({ touches }: Journey, { touch, which }: TouchOf): string | null =>
  touches[`${which}_${touch}`] ?? null;

/** Sessions of the scope with their events in the range; those without any are left out. */
export function inScope(journeys: readonly Journey[], { from, to, where = [] }: Scope): Journey[] {
  return journeys
    .filter((journey) => where.every((each) => each.values.includes(touchOf(journey, each))))
    .map((journey) => ({
      ...journey,
      events: journey.events.filter(
        ({ time }) => (from === undefined || time >= from) && (to === undefined || time < to),
      ),
    }))
    .filter(({ events }) => events.length > 0);
}

/** Whole numbers by value if all are, else by bytes; none last. */
function idOrder(ids: readonly (string | null)[]): (a: string | null, b: string | null) => number {
  const whole = ids.every((id) => id === null || /^(0|-?[1-9]\d{0,17})$/.test(id));
  return (a, b) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (whole) return Number(BigInt(a) - BigInt(b));
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  };
}

/** By session id, then, of people whom a link made one, by visitor. */
export function sessionOrder(journeys: readonly Journey[]): (a: Journey, b: Journey) => number {
  const visitorOf = ({ visitor, person }: Journey) => visitor ?? person;
  const sessions = idOrder(journeys.map(({ session }) => session));
  const visitors = idOrder(journeys.map(visitorOf));
  return (a, b) => sessions(a.session, b.session) || visitors(visitorOf(a), visitorOf(b));
}

/** What is counted once, with its events: each session, or each person over all their sessions. */
export function unitsOf(journeys: readonly Journey[], by: 'session' | 'person'): UnitOf[] {
  const done = (journey: Journey): Done[] => journey.events.map((event) => ({ ...event, journey }));
  if (by === 'session') return journeys.map((journey) => ({ events: done(journey), journeys: [journey] }));
  const order = sessionOrder(journeys);
  const people = Map.groupBy(journeys, ({ person }) => person);
  return [...people].flatMap(([person, own]) =>
    person === null
      ? []
      : [
          {
            // A stable sort keeps the order within a session.
            events: own.flatMap(done).sort((a, b) => a.time - b.time || order(a.journey, b.journey)),
            journeys: own,
          },
        ],
  );
}
