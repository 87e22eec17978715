import type { CanonicalEvent } from '../../src/core/event.ts';
import type { Conversion } from './conversion.ts';
import { versionAt } from './dimension.ts';
import type { OracleFacts, UserVersion } from './input.ts';
import { type EpochMicros, parseInstant } from './instant.ts';
import { parseMoney, type Units } from './money.ts';

/** An event with everything that the tables derive from it, computed once. */
export interface CountedEvent {
  readonly event: CanonicalEvent;
  readonly time: EpochMicros;
  readonly type: string;
  readonly price: Units | null;
  readonly amount: Units | null;
  /** user_id, else anonymous_id. */
  readonly visitor: string | null;
  readonly session: string | null;
  readonly product: string | null;
  readonly productName: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly user: UserVersion | null;
}

/** Events that count, in the given order: of several with one event_id the first; events without an id are all distinct. */
export function countedEvents(
  events: readonly CanonicalEvent[],
  facts: OracleFacts,
  converted: Conversion,
): CountedEvent[] {
  const seen = new Set<string>();
  const product = versionAt(facts.products ?? [], (version) => version.product_id);
  const user = versionAt(facts.users ?? [], (version) => version.user_id);
  const counted: CountedEvent[] = [];
  for (const event of events) {
    if (typeof event.event_id === 'string') {
      if (seen.has(event.event_id)) continue;
      seen.add(event.event_id);
    }
    const time = parseInstant(event.event_time);
    const known = product(event.product_id ?? null, time);
    const visitor = event.user_id ?? event.anonymous_id ?? null;
    counted.push({
      event,
      time,
      type: event.event_type,
      price: converted(event.price == null ? null : parseMoney(event.price), event, time),
      amount: converted(amountOf(event), event, time),
      visitor,
      session: event.session_id ?? null,
      product: event.product_id ?? null,
      productName: known?.product_name ?? event.product_name ?? null,
      category: known?.category_name ?? event.category ?? event.category_code?.split('.')[0] ?? null,
      brand: event.brand ?? null,
      user: user(visitor, time),
    });
  }
  return counted;
}

function amountOf(event: CanonicalEvent): Units | null {
  if (event.amount != null) return parseMoney(event.amount);
  if (event.price == null) return null;
  return parseMoney(event.price) * BigInt(event.quantity ?? 1);
}
