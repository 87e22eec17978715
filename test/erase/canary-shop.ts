import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { givePeople } from '../../src/engine/people/give-people.ts';
import { EventJournal } from '../../src/journal/event-journal.ts';
import { brokenFile, pieces } from '../engine/broken-file.ts';
import { NOW, TestShop } from '../engine/test-shop.ts';

/** In every id and text of the person, and nowhere else. */
export const CANARY = 'canary7f3a9c';
export const VISITOR = `${CANARY}-user`;

const event = (minute: number, mine: boolean, more: Partial<CanonicalEvent> = {}): CanonicalEvent => ({
  event_id: `${mine ? CANARY : 'other'}-${minute}`,
  event_time: `2020-01-01T10:${String(minute).padStart(2, '0')}:00.000000Z`,
  event_type: 'purchase',
  product_id: 'shoe',
  price: '10.0000',
  order_id: `${mine ? CANARY : 'other'}-order-${minute}`,
  user_id: mine ? VISITOR : 'somebody',
  anonymous_id: mine ? `${CANARY}-anonymous` : 'cookie',
  session_id: mine ? `${CANARY}-session` : 'visit',
  ...more,
});

const EVENTS: readonly CanonicalEvent[] = [
  event(0, true, {
    page_url: `https://shop.example/account/${VISITOR}`,
    referrer: `https://mail.example/?to=${VISITOR}`,
    utm_term: VISITOR,
    coupon: `${CANARY}-coupon`,
    city: `${CANARY}-town`,
    properties: `{"ip":"${CANARY}-ip","user_agent":"${CANARY}-agent"}`,
  }),
  event(1, false, { city: 'Berlin' }),
  event(2, true, { event_type: 'refund', product_id: 'boot', properties: `{"restocked":true,"note":"${VISITOR}"}` }),
  event(3, false),
  event(4, true, { event_type: 'view' }),
  event(5, true, { event_type: 'cart_add' }),
  event(6, true, { user_id: null, anonymous_id: null, event_type: 'view' }),
  // Refused: its price is written in another way.
  event(7, true),
  event(50, false),
  // Late: the session was final, and has a former image.
  event(8, true, { event_type: 'cart_add' }),
];
const WAYS = EVENTS.map((_, i) => (i === 7 ? 3 : 0));
export const FILE = brokenFile(EVENTS, WAYS);

/** A shop with the person in every place that a data folder has, its lake too; closed. Returns its folder. */
export async function canaryShop(): Promise<string> {
  const shop = await TestShop.open({ lateness: 0 });
  await shop.loadDimension('user', [
    { user_id: VISITOR, segment: `${CANARY}-segment` },
    { user_id: 'somebody', segment: 'gold' },
  ]);
  const cut = [9];
  for (const piece of pieces(FILE, cut)) {
    await shop.takeIn(piece);
    await shop.finalize();
  }
  await shop.change(() =>
    givePeople(shop.shop, {
      says: 'same_as',
      withdrawn: false,
      rows: [{ visitor: `${CANARY}-cookie`, user: VISITOR, from: null }],
      recorded: NOW,
    }),
  );
  await shop.finalize(true);
  await (await shop.openLake()).write(NOW);
  await shop.leave();
  const journal = EventJournal.open(shop.folder, 0);
  const [whole] = pieces(FILE, []);
  if (whole === undefined) throw new Error('the file is empty');
  const { shapes: _, ...batch } = whole.batch;
  const text = JSON.stringify({ events: [{ status: 'rejected', message: `no price: ${VISITOR}` }] });
  await journal.append({ batch, rows: EVENTS.length, arrival: NOW, answer: { key: 'k', body: 'b', text } });
  await journal.close();
  writeFileSync(join(shop.folder, 'facts.ndjson.torn'), `torn ${VISITOR}`);
  return shop.folder;
}
