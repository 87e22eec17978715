import type { CountedEvent } from './counted-event.ts';
import { versionAt } from './dimension.ts';
import type { Count, OracleFacts, Row } from './input.ts';
import { type EpochMicros, formatInstant, parseInstant } from './instant.ts';

const LOW = 10;
const ENOUGH = 12;

/** Everything that says something of a product's stock, at one time. */
interface Instant {
  readonly time: EpochMicros;
  readonly count: number | null;
  readonly moves: readonly Move[];
}

interface Move {
  readonly counted: CountedEvent;
  /** Below 0 where pieces went out. */
  readonly change: number;
}

/** `inventory_status`: one row a product that was counted or moved. */
export function inventoryStatus(events: readonly CountedEvent[], facts: OracleFacts): Row[] {
  const version = versionAt(facts.products ?? [], (product) => product.product_id);
  return storiesOf(events, facts.counts ?? []).map(([product, story]): Row => {
    const moves = story.flatMap((instant) => instant.moves);
    const lastCount = story.findLast(({ count }) => count !== null);
    const since = story.filter(({ time }) => lastCount === undefined || time >= lastCount.time);
    const stock = (lastCount?.count ?? 0) + sum(since.flatMap((instant) => instant.moves));
    const known = version(product, story.at(-1)?.time ?? 0);
    return {
      product_id: product,
      product_name: known?.product_name ?? lastWord(moves, ({ event }) => event.product_name ?? null),
      category: known?.category_name ?? lastWord(moves, ({ category }) => category),
      available_stock: stock,
      sold_total: -sum(moves.filter(({ change }) => change < 0)),
      restocked_total: sum(moves.filter(({ change }) => change > 0)),
      last_movement: instantOf(story.findLast((instant) => instant.moves.length > 0)?.time),
      counted_stock: lastCount?.count ?? null,
      counted_at: instantOf(lastCount?.time),
      status: stock < 0 ? 'negative' : stock === 0 ? 'out' : stock < LOW ? 'low' : 'ok',
    };
  });
}

/** `low_stock_alerts`: one row for each stretch in which a product's known stock was low. */
export function lowStockAlerts(events: readonly CountedEvent[], facts: OracleFacts): Row[] {
  const alerts: Row[] = [];
  for (const [product, story] of storiesOf(events, facts.counts ?? [])) {
    let stock = 0;
    let isKnown = false;
    let opened: EpochMicros | null = null;
    const alert = (closed: EpochMicros | null): Row => ({
      product_id: product,
      opened_at: instantOf(opened ?? undefined),
      available_stock: stock,
      threshold: LOW,
      closed_at: instantOf(closed ?? undefined),
      status: closed === null ? 'open' : 'closed',
    });
    for (const { time, count, moves } of story) {
      stock = (count ?? stock) + sum(moves);
      isKnown ||= count !== null || moves.some(({ change }) => change > 0);
      if (opened === null && isKnown && stock < LOW) opened = time;
      else if (opened !== null && stock >= ENOUGH) {
        alerts.push(alert(time));
        opened = null;
      }
    }
    if (opened !== null) alerts.push(alert(null));
  }
  return alerts;
}

const sum = (moves: readonly Move[]): number => moves.reduce((total, { change }) => total + change, 0);
const instantOf = (time: EpochMicros | undefined): string | null => (time === undefined ? null : formatInstant(time));

/** Of the last movement, in (event_time, event_id), that says anything. */
function lastWord(moves: readonly Move[], word: (counted: CountedEvent) => string | null): string | null {
  const telling = moves.filter(({ counted }) => word(counted) !== null);
  const last = telling.sort((a, b) => inOrder(a.counted, b.counted)).at(-1);
  return last === undefined ? null : word(last.counted);
}

const inOrder = (a: CountedEvent, b: CountedEvent): number =>
  a.time - b.time || Buffer.compare(Buffer.from(a.event.event_id ?? ''), Buffer.from(b.event.event_id ?? ''));

function changeOf({ type, event }: CountedEvent): number | null {
  const pieces = event.quantity ?? 1;
  if (type === 'purchase') return -pieces;
  if (type === 'restock') return pieces;
  if (type !== 'refund' || event.properties == null) return null;
  const { restocked } = JSON.parse(event.properties) as { restocked?: unknown };
  return restocked === true || restocked === 'true' ? pieces : null;
}

/** Each product's instants in order of time. A shop without events has none. */
function storiesOf(events: readonly CountedEvent[], counts: readonly Count[]): [string, Instant[]][] {
  if (events.length === 0) return [];
  const stories = new Map<string, Map<EpochMicros, Instant>>();
  const at = (product: string, time: EpochMicros): Instant => {
    const story = stories.get(product) ?? new Map<EpochMicros, Instant>();
    stories.set(product, story);
    return story.get(time) ?? { time, count: null, moves: [] };
  };
  const put = (product: string, instant: Instant) => stories.get(product)?.set(instant.time, instant);
  for (const { product_id, stock, counted_at } of counts) {
    const instant = at(product_id, parseInstant(counted_at ?? formatInstant(0)));
    put(product_id, { ...instant, count: Number(stock) });
  }
  for (const counted of events) {
    const change = changeOf(counted);
    if (counted.product === null || change === null) continue;
    const instant = at(counted.product, counted.time);
    put(counted.product, { ...instant, moves: [...instant.moves, { counted, change }] });
  }
  return [...stories].map(([product, story]) => [product, [...story.values()].sort((a, b) => a.time - b.time)]);
}
