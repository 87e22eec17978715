import { visitorSql } from '../../compile/context.ts';
import { BOT } from '../../compile/human.ts';
import type { ShopSnapshot } from '../shop.ts';

/** A visitor who behaves as no human does, and is not marked. */
export interface BotProposal {
  readonly visitor: string;
  readonly events: number;
  /** Of six rules, how many hold. */
  readonly signs: number;
  readonly reasons: readonly string[];
}

/** Fewer events say nothing. */
const LEAST_EVENTS = 50;
/** So many signs propose, one of which is being too fast or saying what it is. */
const LEAST_SIGNS = 3;
const FAST_SECONDS = 3;
const STEADY = 2.5;
const LEAST_PRODUCTS = 30;
const BROAD_SHARE = 0.9;
const NIGHT_SHARE = 0.5;
const AGENT = 'bot|crawl|spider|scrap|headless|curl|wget|python';
const SHOPPING = ['cart_add', 'cart_remove', 'cart_view', 'checkout', 'ship', 'pay', 'purchase'];

/**
 * Visitors by rules on what they do: an event every few seconds, with hardly a pause, nearly every event another product,
 * nothing put in a cart or bought, most of it in the night of the shop's zone, a browser that says what it is. Pauses of more
 * than half an hour are between visits.
 */
export async function proposeBots(
  { database, context }: Pick<ShopSnapshot, 'database' | 'context'>,
  limit: number,
): Promise<readonly BotProposal[]> {
  const { dialect, zone, widths } = context;
  const visitor = visitorSql(widths);
  const shopping = SHOPPING.map((type) => context.symbol(type)).join(', ');
  const hour = dialect.calendarPart('hour', 'event_time', zone);
  const marked = `SELECT key FROM dimension WHERE kind = '${BOT}'`;
  const busy = `SELECT ${visitor} AS v, count(*) AS n, count(product_id) AS looks, count(DISTINCT product_id) AS products, count_if(event_type IN (${shopping})) AS shopping, count_if(${hour} BETWEEN 1 AND 4) AS night FROM raw WHERE ${visitor} IS NOT NULL GROUP BY 1 HAVING count(*) >= ${LEAST_EVENTS}`;
  const gaps = `SELECT ${visitor} AS v, (epoch_us(event_time) - lag(epoch_us(event_time)) OVER (PARTITION BY ${visitor} ORDER BY event_time)) / 1e6 AS gap FROM raw WHERE ${visitor} IN (SELECT v FROM busy)`;
  const pace = `SELECT v, quantile_disc(gap, 0.5) AS median, quantile_disc(gap, 0.9) AS longest FROM (${gaps}) WHERE gap <= 1800 GROUP BY v`;
  const agents = `SELECT ${visitor} AS v, min(s.text) AS agent FROM raw JOIN raw_extra USING (seq) JOIN symbol s ON s.id = browser WHERE ${visitor} IN (SELECT v FROM busy) AND regexp_matches(lower(s.text), '${AGENT}') GROUP BY 1`;
  const seconds = (sql: string): string => `round(${sql}, 1)::DECIMAL(12,1)::VARCHAR`;
  const signs = [
    [`median <= ${FAST_SECONDS}`, `'an event every ' || ${seconds('median')} || ' seconds'`],
    [
      `longest <= ${STEADY} * greatest(median, 1)`,
      `'hardly a pause: nine of ten within ' || ${seconds('longest')} || ' seconds'`,
    ],
    [
      `products >= ${LEAST_PRODUCTS} AND products >= ${BROAD_SHARE} * looks`,
      `products || ' different products in ' || looks || ' events'`,
    ],
    ['shopping = 0', `'nothing put in a cart in ' || n || ' events'`],
    [`night >= ${NIGHT_SHARE} * n`, `round(100.0 * night / n)::INTEGER || ' % of it between 1 and 5 at night'`],
    ['agent IS NOT NULL', `'its browser is ' || agent`],
  ] as const;
  const said = signs.map(([holds, reason]) => `CASE WHEN ${holds} THEN ${reason} END`).join(', ');
  const rows = await database.jsonRows(
    `WITH busy AS MATERIALIZED (${busy}) SELECT * FROM (SELECT v::VARCHAR AS visitor, n, list_filter([${said}], lambda x: x IS NOT NULL) AS reasons, (coalesce(median <= ${FAST_SECONDS}, FALSE) OR agent IS NOT NULL) AS plain FROM busy LEFT JOIN (${pace}) USING (v) LEFT JOIN (${agents}) USING (v)) WHERE plain AND len(reasons) >= ${LEAST_SIGNS} AND visitor NOT IN (${marked}) ORDER BY len(reasons) DESC, n DESC, visitor LIMIT ${limit}`,
  );
  return rows.map((row) => {
    const reasons = (row['reasons'] as readonly unknown[]).map(String);
    return { visitor: String(row['visitor']), events: Number(row['n']), signs: reasons.length, reasons };
  });
}
