import type { Calendar } from './calendar.ts';
import type { CountedEvent } from './counted-event.ts';
import type { Row } from './input.ts';
import { formatInstant, MINUTE } from './instant.ts';
import { formatMoney } from './money.ts';

const DAYS = 28;

interface Purchase {
  readonly counted: CountedEvent;
  readonly day: number;
}

/** What a part finds: null where there is nothing to compare with. */
interface Finding {
  /** Ten-thousandths. */
  readonly strength: number;
  readonly reason: string;
}

/** `transaction_anomalies`: one row a purchase. */
export function transactionAnomalies(events: readonly CountedEvent[], calendar: Calendar): Row[] {
  const purchases = events
    .filter(({ type }) => type === 'purchase')
    .map((counted): Purchase => ({ counted, day: calendar.dayOf(counted.time) }));
  return purchases.map((purchase) => {
    const before = purchases.filter(({ day }) => day >= purchase.day - DAYS && day < purchase.day);
    const { counted } = purchase;
    const compared = [
      unusual(purchase, before, {
        value: amount,
        group: ({ category }) => category,
        least: 20,
        spread: 0.3,
        to: 6,
        above: (n) => `${n} times the usual amount of ${counted.category}`,
      }),
      unusual(purchase, before, {
        value: amount,
        group: ({ visitor }) => visitor,
        least: 5,
        spread: 0.6,
        to: 6,
        above: (n) => `${n} times the usual amount of this customer`,
      }),
      unusual(purchase, before, {
        value: ({ event }) => event.quantity ?? 1,
        group: ({ category }) => category,
        least: 20,
        spread: 0.4,
        to: 6,
        above: (n) => `${n} times the usual quantity of ${counted.category}`,
      }),
      unusual(purchase, before, {
        value: ({ price }) => (price === null ? null : Number(price)),
        group: ({ product }) => product,
        least: 3,
        spread: 0.3,
        to: 5,
        above: (n) => `${n} times the usual price of this product`,
        below: (n) => `${n} times less than the usual price of this product`,
      }),
      unseen(purchase, before),
    ];
    const often = frequent(purchase, purchases);
    const found = [...compared, often].filter((finding) => finding !== null);
    const isKnown = compared.some((finding) => finding !== null);
    const rest = found.reduce((product, { strength }) => product * ((10_000 - strength) / 10_000), 1);
    const score = isKnown ? Math.round((1 - rest) * 10_000) / 10_000 : null;
    const { event, visitor, product, time } = counted;
    return {
      transaction_id: event.order_id ?? event.event_id ?? null,
      event_id: event.event_id ?? null,
      user_id: visitor,
      product_id: product,
      amount: counted.amount === null ? null : formatMoney(counted.amount),
      anomaly_score: score,
      is_anomaly: score !== null && score >= 0.8,
      reasons: [
        ...(isKnown ? [] : ['no purchases in the 28 days before to compare with']),
        ...found.filter(({ strength }) => strength > 0).map(({ reason }) => reason),
      ],
      event_timestamp: formatInstant(time),
    };
  });
}

const amount = (counted: CountedEvent): number | null => (counted.amount === null ? null : Number(counted.amount));

interface Comparison {
  readonly value: (counted: CountedEvent) => number | null;
  readonly group: (counted: CountedEvent) => string | null;
  readonly least: number;
  readonly spread: number;
  readonly to: number;
  readonly above: (times: string) => string;
  readonly below?: (times: string) => string;
}

const FROM = 3;

/** Natural logarithm in whole thousandths. */
const logarithm = (value: number | null): number | null =>
  value === null || value <= 0 ? null : Math.round(1000 * Math.log(value));

function unusual({ counted }: Purchase, before: readonly Purchase[], of: Comparison): Finding | null {
  const mine = logarithm(of.value(counted));
  const group = of.group(counted);
  if (mine === null || group === null) return null;
  const others = before
    .filter((each) => of.group(each.counted) === group)
    .map((each) => logarithm(of.value(each.counted)))
    .filter((value) => value !== null)
    .map(BigInt);
  const n = BigInt(others.length);
  if (others.length < of.least) return null;
  const sum = others.reduce((total, value) => total + value, 0n);
  const squares = others.reduce((total, value) => total + value * value, 0n);
  const mean = Number(sum) / Number(n);
  const deviation = Math.sqrt(Number(n * squares - sum * sum) / Number(n * (n - 1n)));
  const away = (mine - mean) / Math.max(deviation, of.spread * 1000);
  const strength = share(of.below === undefined ? away : Math.abs(away), FROM, of.to);
  const figure = mine >= mean ? Math.round(mine - mean) : -Math.round(mean - mine);
  const times = timesInWords(Math.abs(figure));
  return { strength, reason: figure >= 0 || of.below === undefined ? of.above(times) : of.below(times) };
}

const share = (value: number, from: number, to: number): number =>
  Math.round(10_000 * Math.min(1, Math.max(0, (value - from) / (to - from))));

function timesInWords(figure: number): string {
  const times = Math.exp(figure / 1000);
  const tenths = Math.round(times * 10);
  return tenths >= 100 ? String(Math.round(times)) : String(tenths / 10);
}

/** A country that the visitor's purchases did not come from. */
function unseen({ counted: { event, visitor } }: Purchase, before: readonly Purchase[]): Finding | null {
  if (visitor === null || event.country == null) return null;
  const countries = before
    .filter(({ counted }) => counted.visitor === visitor)
    .flatMap(({ counted }) => counted.event.country ?? []);
  if (countries.length === 0) return null;
  const [n, m] = [countries.length, new Set(countries).size];
  const strength = countries.includes(event.country) ? 0 : Math.round((10_000 * n) / (n + m));
  return { strength, reason: `first purchase from ${event.country} in 28 days, after ${n} from elsewhere` };
}

/** Orders of the visitor in the ten minutes up to the purchase. */
function frequent({ counted }: Purchase, purchases: readonly Purchase[]): Finding | null {
  if (counted.visitor === null) return null;
  const near = purchases
    .map((each) => each.counted)
    .filter(
      ({ visitor, time }) => visitor === counted.visitor && time <= counted.time && time >= counted.time - 10 * MINUTE,
    );
  const orders = new Set(near.map(({ event }) => event.order_id ?? event.event_id ?? event)).size;
  return { strength: share(orders, 3, 5), reason: `${orders} orders within 10 minutes` };
}
