import { expect, test } from 'vitest';
import { ga4 } from '../../shop/vocabularies/wire/ga4.ts';
import { segment } from '../../shop/vocabularies/wire/segment.ts';
import { shopify } from '../../shop/vocabularies/wire/shopify.ts';
import { ARRIVAL, type Row, readAs } from './story.ts';

const propertiesOf = (row: Row | undefined): unknown => JSON.parse(row?.['properties'] ?? '{}');

test('an order without products has what it came to as its amount', () => {
  const order = (properties: object) =>
    readAs(segment, { type: 'track', event: 'Order Completed', userId: 'u', properties });
  expect(order({ order_id: '5', total: 27.5, revenue: 25, shipping: 3, tax: 2, discount: 2.5 })).toEqual([
    {
      event_type: 'purchase',
      event_time: String(ARRIVAL),
      user_id: 'u',
      order_id: '5',
      amount: '250000',
      shipping: '30000',
      tax: '20000',
      discount: '25000',
      properties: '{"total":27.5}',
    },
  ]);
  expect(order({ total: 27.5 })).toMatchObject([{ amount: '275000' }]);
  // What is no order has no amount by that.
  expect(readAs(segment, { type: 'track', event: 'Product Viewed', properties: { value: 5 } })[0]).not.toHaveProperty(
    'amount',
  );
});

test('times of Segment are put right by the time of sending, as it documents', () => {
  const time = (fields: object) =>
    Number(readAs(segment, { type: 'track', event: 'x', ...fields })[0]?.['event_time']) - ARRIVAL;
  const [said, sent] = ['2026-03-01T11:00:00.000Z', '2026-03-01T11:00:10.250Z'];
  expect(time({ originalTimestamp: said, sentAt: sent })).toBe(-10_250_000);
  expect(time({ timestamp: said, sentAt: sent })).toBe(-10_250_000);
  expect(time({ originalTimestamp: said, timestamp: '2026-03-01T12:09:00Z', sentAt: sent })).toBe(-10_250_000);
  expect(time({ timestamp: said })).toBe(-70 * 60_000_000);
  expect(time({ timestamp: said, sentAt: 'never' })).toBe(-70 * 60_000_000);
  expect(time({ sentAt: sent })).toBe(0);
  expect(time({})).toBe(0);
  expect(() => time({ timestamp: 'never' })).toThrow('event.time_format');
  expect(() => time({ timestamp: '2026-03-01T12:20:00Z', sentAt: '2026-03-01T12:10:00Z' })).toThrow('event.future');
});

test('messages about people are events, with their traits', () => {
  const [identify] = readAs(
    segment,
    {
      userId: 'u',
      anonymousId: 'a',
      traits: { name: 'J', plan: 'gold' },
      writeKey: 'secret',
      integrations: { All: true },
    },
    'identify',
  );
  expect(identify).toMatchObject({ event_type: 'identify', user_id: 'u', anonymous_id: 'a' });
  expect(propertiesOf(identify)).toEqual({ traits: { name: 'J', plan: 'gold' } });
  const [alias] = readAs(segment, { userId: 'u', previousId: 'a' }, 'alias');
  expect([alias?.['event_type'], propertiesOf(alias)]).toEqual(['alias', { previousId: 'a' }]);
  const [group] = readAs(segment, { type: 'group', userId: 'u', groupId: 'g', traits: { seats: 5 } });
  expect([group?.['event_type'], propertiesOf(group)]).toEqual(['group', { groupId: 'g', traits: { seats: 5 } }]);
});

test('own events keep their name and all that they say, also where a field is called so', () => {
  const [row] = readAs(segment, {
    type: 'track',
    event: 'Signed Up',
    properties: { name: 'Jo', plan: { id: 7 }, brand: ['x'], channel: 'web', products: 'none' },
    context: { ip: '203.0.113.5', page: { url: 'https://shop.example/', title: 'Home' } },
  });
  expect(row).toMatchObject({ event_type: 'Signed Up', page_url: 'https://shop.example/' });
  expect(row).not.toHaveProperty('product_name');
  expect(propertiesOf(row)).toEqual({
    name: 'Jo',
    plan: { id: 7 },
    brand: ['x'],
    channel: 'web',
    context: { ip: '203.0.113.5', page: { title: 'Home' } },
  });
});

test('what is said in a batch is found by its place', () => {
  const body = {
    client_id: 'c',
    user_id: 5,
    timestamp_micros: ARRIVAL,
    user_location: { country_id: 'US', city: 'Reno' },
    device: { category: 'mobile', browser: 'Chrome', screen_resolution: '1x1' },
    events: [{ name: 'view_item', params: { session_id: 123, engagement_time_msec: 100 } }, { name: 'level_up' }],
  };
  const [first, second] = readAs(ga4, body);
  expect(first).toMatchObject({
    event_type: 'view',
    user_id: '5',
    session_id: '123',
    country: 'US',
    city: 'Reno',
    device: 'mobile',
    browser: 'Chrome',
  });
  expect(propertiesOf(first)).toEqual({ engagement_time_msec: 100, device: { screen_resolution: '1x1' } });
  expect(second).toMatchObject({ event_type: 'level_up', anonymous_id: 'c' });
});

test("a pixel's own event keeps its data; a standard one only what is about the shop", () => {
  const at = { id: '1', timestamp: '2026-03-01T12:00:00Z', clientId: 'c' };
  const own = readAs(shopify, { ...at, name: 'size_guide', type: 'custom', data: {}, customData: { size: 42 } });
  expect(own[0]).toMatchObject({ event_type: 'size_guide', event_id: '1' });
  expect(propertiesOf(own[0])).toEqual({ data: {}, customData: { size: 42 } });
  const variant = { id: 'v', price: { amount: '10.00', currencyCode: 'EUR' }, title: 'Large' };
  const list = readAs(shopify, [{ ...at, name: 'product_viewed', data: { productVariant: variant } }]);
  expect(list).toMatchObject([{ product_id: 'v', product_name: 'Large', price: '100000', currency: 'EUR' }]);
});
