import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { hours, minutes } from '../../src/core/time.ts';
import { parseInstant } from '../oracle/instant.ts';
import { TestShop } from './test-shop.ts';

const NOON = parseInstant('2020-03-01T12:00:00Z');
const LATENESS = minutes(10);

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
  shop.runWithTime();
});
afterEach(() => shop.close());

const eventAt = (clock: string, id: string): CanonicalEvent => ({
  event_id: id,
  event_time: `2020-03-01T${clock}Z`,
  event_type: 'view',
  session_id: 's',
  user_id: '7',
});
const sessions = async () => (await shop.tables()).user_session_analytics;
const watermark = () => shop.shop.ingest.watermark;

test('a silent source’s session becomes final by the clock, and a late event restates it', async () => {
  await shop.give([eventAt('12:00:00', 'a')]);
  expect(await shop.tick(hours(1))).toBe(true);
  expect(watermark()).toBe(NOON + hours(1) - LATENESS);
  await shop.finalize();
  expect(await sessions()).toMatchObject([{ total_events: 1, is_final: true, revision: 0 }]);

  expect(await shop.give([eventAt('12:10:00', 'b')])).toMatchObject({ late: 1 });
  await shop.finalize();
  expect(await sessions()).toMatchObject([{ total_events: 2, is_final: true, revision: 1, late_events: 1 }]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('a tick is stored: what is late after it is late after a restart too', async () => {
  await shop.give([eventAt('12:00:00', 'a')]);
  await shop.tick(hours(1));
  const before = shop.shop.ingest;
  await shop.reopen();
  expect(shop.shop.ingest).toEqual(before);
  expect(await shop.rows('SELECT batch, events, watermark FROM batch ORDER BY batch')).toEqual([
    { batch: 1, events: 1, watermark: NOON - LATENESS },
    { batch: 2, events: 0, watermark: NOON + hours(1) - LATENESS },
  ]);
  expect(await shop.give([eventAt('12:10:00', 'b')])).toMatchObject({ late: 1 });
});

test('a silent partition does not hold back the others, and holds them again when it speaks', async () => {
  await shop.give([eventAt('12:00:00', 'a'), eventAt('12:30:00', 'b')], { partition: (i) => `p${i}` });
  expect(watermark()).toBe(NOON - LATENESS);
  await shop.tick(0, ['p0']);
  expect(watermark()).toBe(NOON + minutes(30) - LATENESS);
  await shop.give([eventAt('13:00:00', 'c')], { partition: () => 'p1' });
  expect(watermark()).toBe(NOON + hours(1) - LATENESS);
  await shop.give([eventAt('12:45:00', 'd')], { partition: () => 'p0' });
  await shop.give([eventAt('13:30:00', 'e')], { partition: () => 'p1' });
  expect(watermark()).toBe(NOON + hours(1) - LATENESS);
});

test('events of another time are not overtaken by the clock, however long the pause', async () => {
  await shop.close();
  // The wall clock of this one is months ahead of its events, as when old data comes through a pipe.
  shop = await TestShop.open();
  await shop.give([eventAt('12:00:00', 'a')]);
  expect(await shop.tick(hours(5))).toBe(false);
  expect(await shop.give([eventAt('12:00:01', 'b')])).toMatchObject({ late: 0 });
});

test('when the last live partition has ended, time stands still', async () => {
  await shop.give([eventAt('12:00:00', 'a')], { ended: ['p'] });
  expect(await shop.tick(hours(5))).toBe(false);
});
