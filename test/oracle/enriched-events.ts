import type { Calendar } from './calendar.ts';
import type { CountedEvent } from './counted-event.ts';
import { rees46Word } from './event-word.ts';
import type { OracleFacts, Row } from './input.ts';
import { formatInstant } from './instant.ts';
import { formatMoney, parseMoney, type Units } from './money.ts';

const BUDGET_BELOW = parseMoney('50');
const MID_RANGE_BELOW = parseMoney('200');

/** One row an event. An event that came without an id has a null event_id here: only its source can name it. */
export function enrichedEvents(events: readonly CountedEvent[], calendar: Calendar, facts: OracleFacts): Row[] {
  const userColumns = new Set((facts.users ?? []).flatMap((user) => Object.keys(user)));
  userColumns.delete('user_id');
  userColumns.delete('valid_from');
  return events.map((counted) => {
    const { event, price, user } = counted;
    const { hour, weekday } = calendar.wallClock(counted.time);
    return {
      event_id: event.event_id ?? null,
      event_timestamp: formatInstant(counted.time),
      event_type: rees46Word(event.event_type),
      product_id: event.product_id ?? null,
      product_name: counted.productName,
      category_id: event.category_id ?? null,
      category_code: event.category_code ?? null,
      category_name: counted.category,
      brand: counted.brand,
      price: price === null ? null : formatMoney(price),
      price_category: priceCategory(price),
      user_id: counted.visitor,
      user_session: counted.session,
      event_hour: hour,
      is_weekend: weekday === 1 || weekday === 7,
      ...Object.fromEntries([...userColumns].map((column) => [column, user?.[column] ?? null])),
    };
  });
}

function priceCategory(price: Units | null): string {
  if (price === null) return 'Unknown';
  if (price < BUDGET_BELOW) return 'Budget';
  return price < MID_RANGE_BELOW ? 'Mid-Range' : 'Premium';
}
