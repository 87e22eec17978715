import { eventsOf } from '../../compile/events.ts';
import { projected } from '../../compile/present.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Reading } from '../../engine/read.ts';
import type { Json } from '../../store/value.ts';
import type { ViewPlan } from '../../view/view.ts';
import { Cart } from './cart.ts';
import { timelineView } from './timeline-view.ts';

type Fields = Readonly<Record<string, Json>>;

export interface SessionEvents {
  readonly events: readonly Fields[];
  /** For the events that follow; null at the end. */
  readonly next: string | null;
}

/** Events of both ids stand in one order: by time, then by the bytes of their ids. */
const ORDER = 'ORDER BY event_time, event_id';

/**
 * The events of a session in their order, each with the seconds since the first one and what is in the cart after it.
 * @throws FootfallError `query.page`
 */
export async function sessionTimeline(
  { database, context }: Reading,
  journeys: ViewPlan,
  session: Fields,
  limit: number,
  cursor: string | undefined,
): Promise<SessionEvents> {
  const condition = eventsOf(journeys, session, context);
  const after = cursor === undefined ? null : placeOf(cursor);
  const start = microsOf(session['session_start'] ?? null);
  const cart = new Cart();
  const events: Fields[] = [];
  // From the first event on, whatever the page: the cart is made by all before.
  for await (const block of database.jsonBlocks(
    `SELECT * FROM (${projected(timelineView, condition, context)}) ${ORDER}`,
  )) {
    for (const row of block) {
      const { items, value } = cart.after(row);
      if (after !== null && !isBehind(row, after)) continue;
      if (events.length === limit) return { events, next: cursorOf(events.at(-1)) };
      events.push({
        ...Object.fromEntries(timelineView.columns.map(({ name }) => [name, row[name] ?? null])),
        offset_seconds: (microsOf(row['event_time'] ?? null) - start) / 1e6,
        cart_items: items,
        cart_value: value,
      });
    }
  }
  return { events, next: null };
}

const microsOf = (text: Json): number => Date.parse(String(text)) * 1000 + Number(String(text).slice(23, 26));

interface Place {
  readonly time: string;
  readonly id: string;
}

const isBehind = ({ event_time: time, event_id: id }: Fields, place: Place): boolean =>
  time === place.time ? Buffer.compare(Buffer.from(String(id)), Buffer.from(place.id)) > 0 : String(time) > place.time;

const cursorOf = (row: Fields | undefined): string =>
  Buffer.from(JSON.stringify([row?.['event_time'], row?.['event_id']])).toString('base64url');

function placeOf(cursor: string): Place {
  try {
    const [time, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof time === 'string' && typeof id === 'string') return { time, id };
  } catch {
    // Told below.
  }
  throw new FootfallError('query.page', {});
}
