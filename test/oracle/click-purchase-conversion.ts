import type { CountedEvent } from './counted-event.ts';
import type { Row } from './input.ts';
import { MINUTE } from './instant.ts';
import { inOrder } from './journeys.ts';
import { ratio } from './measure.ts';
import { windowRows } from './window.ts';

const CLICKS: ReadonlySet<string> = new Set(['view', 'list_click', 'cart_add']);
const WITHIN = 10 * MINUTE;

/** Each purchase looks back for its click, by walking through all events before it. */
export function clickPurchaseConversion(events: readonly CountedEvent[]): Row[] {
  const ordered = inOrder(events);
  const purchases = new Map<CountedEvent, number>();
  ordered.forEach((purchase, i) => {
    if (purchase.type !== 'purchase' || purchase.visitor === null || purchase.product === null) return;
    const click = ordered
      .slice(0, i)
      .findLast(
        ({ type, visitor, product }) =>
          CLICKS.has(type) && visitor === purchase.visitor && product === purchase.product,
      );
    if (click === undefined || purchase.time - click.time > WITHIN) return;
    purchases.set(click, (purchases.get(click) ?? 0) + 1);
  });
  const matched = (click: CountedEvent) => purchases.get(click) ?? 0;
  return windowRows(
    ordered.filter(({ type }) => CLICKS.has(type)),
    { size: 5 * MINUTE, step: 5 * MINUTE },
    ({ product }) => ({ product_id: product }),
    (clicks) => ({
      clicks: clicks.length,
      purchases: clicks.reduce((total, click) => total + matched(click), 0),
      conversion_rate: ratio(clicks.filter((click) => matched(click) > 0).length, clicks.length),
    }),
  );
}
