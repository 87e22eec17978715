import { EVENT_TYPES } from '../../core/event.ts';
import type { ResolvedOptions } from './options.ts';
import type { Anomaly, Listed, PlantedAnomaly, PlantedBrokenRow, PlantedRow } from './planted.ts';
import type { Shop } from './shop.ts';

/**
 * The truth about generated files. `totals` are those of valid, distinct events: a broken row is none, and a second
 * copy with the same id is none. The rees46 shape has no ids, so there a copy is an event like any other.
 * Money is decimal text, times are ISO 8601 UTC as the rows carry them.
 */
export interface Manifest {
  readonly generator: 1;
  readonly options: ResolvedOptions;
  readonly files: readonly { readonly file: string; readonly rows: number }[];
  readonly totals: {
    readonly events: number;
    /** By canonical event type, in every shape. */
    readonly by_type: Readonly<Record<string, number>>;
    readonly revenue: string;
    readonly refunds: string;
    readonly units_sold: number;
    /** Distinct order or transaction ids; null where the shape has none. */
    readonly orders: number | null;
    /** Distinct user_id, and distinct user_id or else anonymous_id. */
    readonly users: number;
    readonly visitors: number;
    readonly products: number;
    readonly sessions: number;
    /** Distinct (session_id, visitor). */
    readonly session_visitor_pairs: number;
    readonly sessions_with_view: number;
    readonly sessions_with_cart: number;
    readonly sessions_with_purchase: number;
    readonly sessions_with_cart_and_purchase: number;
    readonly first_event_time: string | null;
    readonly last_event_time: string | null;
  };
  readonly planted: {
    /** Valid rows behind a later one of the same file, copies included. */
    readonly out_of_order: number;
    /** Those of them behind it by more than the allowed lateness. */
    readonly late: Listed<PlantedRow>;
    readonly duplicates: Listed<PlantedRow> & { readonly counted_as_events: boolean };
    readonly broken: Listed<PlantedBrokenRow> & { readonly by_code: Readonly<Record<string, number>> };
    readonly bots: { readonly events: number; readonly visitors: readonly string[] };
    readonly anomalies: Listed<PlantedAnomaly> & { readonly by_kind: Readonly<Partial<Record<Anomaly, number>>> };
    /** Sessions with a cart event and no purchase. */
    readonly abandoned_carts: Listed<string>;
  };
}

/** Call once, after `simulation.close()`. */
export function manifestOf(shop: Shop): Manifest {
  const { tally, writer, encoder, options, people, simulation } = shop;
  const iso = (time: number): string | null =>
    Number.isFinite(time) ? new Date(time - (time % encoder.resolution)).toISOString() : null;
  const byType = EVENT_TYPES.map((type, index) => [type, tally.byType[index] ?? 0] as const).filter(
    ([, count]) => count > 0,
  );
  const crawlers = Array.from(writer.crawlers.keys()).sort((a, b) => a - b);
  const anonymous = options.shape === 'canonical';
  return {
    generator: 1,
    options,
    files: encoder.files.map((file, index) => ({ file: fileName(options, file), rows: writer.fileRows[index] ?? 0 })),
    totals: {
      events: tally.events,
      by_type: Object.fromEntries(byType),
      revenue: cents(tally.revenueCents),
      refunds: cents(tally.refundedCents),
      units_sold: tally.units,
      orders: encoder.ids ? tally.orders.size : null,
      users: tally.users.size,
      visitors: tally.users.size + tally.cookies.size,
      products: tally.products.size,
      sessions: tally.sessions,
      session_visitor_pairs: tally.pairs,
      sessions_with_view: tally.withView,
      sessions_with_cart: tally.withCart,
      sessions_with_purchase: tally.withPurchase,
      sessions_with_cart_and_purchase: tally.withCartAndPurchase,
      first_event_time: iso(tally.first),
      last_event_time: iso(tally.last),
    },
    planted: {
      out_of_order: writer.outOfOrder,
      late: writer.late,
      duplicates: { ...writer.copies, counted_as_events: !encoder.ids },
      broken: { ...writer.broken, by_code: Object.fromEntries(Array.from(writer.brokenByCode).sort()) },
      bots: {
        events: Array.from(writer.crawlers.values()).reduce((sum, count) => sum + count, 0),
        visitors: crawlers.map((crawler) => (anonymous ? people.cookieText(crawler) : String(people.userId(crawler)))),
      },
      anomalies: { ...writer.anomalies, by_kind: Object.fromEntries(Array.from(writer.anomaliesByKind).sort()) },
      abandoned_carts: simulation.abandoned,
    },
  };
}

/** Name of an event file as it is written: with prefix, and `.gz` when compressed. */
export const fileName = (options: ResolvedOptions, file: string): string =>
  `${options.prefix}${file}${options.gzip ? '.gz' : ''}`;

const cents = (value: number): string => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`;
