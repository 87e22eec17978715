import type { CountedEvent } from './counted-event.ts';
import { rees46Word } from './event-word.ts';
import type { Row } from './input.ts';
import { MINUTE, SECOND } from './instant.ts';
import { average, distinct, maxMoney, minMoney, ofType, present, ratio, sampleDeviation, sum } from './measure.ts';
import { formatMoney } from './money.ts';
import { windowRows } from './window.ts';

type Events = readonly CountedEvent[];

const prices = (events: Events) => events.map((event) => event.price);
const visitors = (events: Events) => distinct(events.map((event) => event.visitor));

export const eventAggregations = (events: Events): Row[] =>
  windowRows(
    events,
    { size: 5 * MINUTE, step: 5 * MINUTE },
    (event) => ({ category_name: event.category, event_type: rees46Word(event.type) }),
    (group) => ({
      event_count: group.length,
      unique_users: visitors(group),
      unique_sessions: distinct(group.map((event) => event.session)),
      avg_price: average(prices(group)),
      total_revenue: formatMoney(sum(group.map((event) => event.amount))),
      max_price: maxMoney(prices(group)),
      min_price: minMoney(prices(group)),
      price_stddev: sampleDeviation(prices(group)),
    }),
  );

export const brandActivity = (events: Events): Row[] =>
  windowRows(
    events,
    { size: 10 * MINUTE, step: 5 * MINUTE },
    (event) => ({ brand: event.brand }),
    (group) => ({ event_count: group.length, unique_users: visitors(group), avg_price: average(prices(group)) }),
  );

const TRANSACTIONS: ReadonlySet<string> = new Set(['purchase', 'refund', 'restock']);

/** Every clickstream event counts as a view, as in the source system; transactions do not. */
export const productPageViews = (events: Events): Row[] =>
  windowRows(
    events.filter((event) => !TRANSACTIONS.has(event.type)),
    { size: MINUTE, step: MINUTE },
    (event) => ({ product_id: event.product, category: event.category }),
    (group) => ({ view_count: group.length, unique_users: visitors(group) }),
  );

/** Distinct order ids; a purchase without one is an order of its own. */
function orders(purchases: Events): number {
  const ids = purchases.map(({ event }) => event.order_id ?? null);
  return distinct(ids) + (ids.length - present(ids).length);
}

export const categoryRevenue = (events: Events): Row[] =>
  windowRows(
    ofType(events, 'purchase'),
    { size: 5 * MINUTE, step: 5 * MINUTE },
    (event) => ({ category: event.category }),
    (group) => {
      const transactions = orders(group);
      const revenue = sum(group.map((event) => event.amount));
      return {
        transaction_count: transactions,
        total_revenue: formatMoney(revenue),
        avg_transaction: ratio(Number(revenue) / 10_000, transactions),
      };
    },
  );

export const salesMetrics = (events: Events): Row[] =>
  windowRows(
    ofType(events, 'purchase'),
    { size: MINUTE, step: 10 * SECOND },
    (event) => ({ category: event.category, country: event.event.country ?? null }),
    (group) => {
      const revenue = sum(group.map((event) => event.amount));
      return {
        transactions: orders(group),
        revenue: formatMoney(revenue),
        avg_transaction: ratio(Number(revenue) / 10_000, orders(group)),
        units: group.reduce((total, { event }) => total + (event.quantity ?? 1), 0),
        unique_users: visitors(group),
      };
    },
  );
