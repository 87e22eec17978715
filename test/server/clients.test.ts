import { Analytics } from '@segment/analytics-node';
import { expect, test } from 'vitest';
import { until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read'], ['--trusted-country-header', 'CF-IPCountry']);
const rowsOf = (view: string) => shop.rows(view);

test("Segment's library for Node sends as it is, with another host", async () => {
  const analytics = new Analytics({ writeKey: shop.keyOf('ingest'), host: shop.url, flushAt: 10, maxRetries: 0 });
  const failures: unknown[] = [];
  analytics.on('error', (error) => failures.push(error));
  analytics.identify({ userId: 'u-1', traits: { plan: 'gold' } });
  analytics.page({ userId: 'u-1', name: 'Boots', properties: { url: 'https://shop.example/boots' } });
  analytics.track({
    userId: 'u-1',
    event: 'Order Completed',
    properties: {
      order_id: 'o-1',
      currency: 'USD',
      products: [
        { product_id: 'p-1', price: 79.99, quantity: 1 },
        { product_id: 'p-2', price: 2.5, quantity: 2 },
      ],
    },
  });
  await analytics.closeAndFlush();
  expect(failures).toEqual([]);
  await until(async () => (await rowsOf('user_session_analytics')).some(({ user_id: id }) => id === 'u-1'));
  await until(async () =>
    (await rowsOf('journeys')).some(({ event_types: types }) => (types as unknown[]).length === 4),
  );
  const session = (await rowsOf('user_session_analytics')).find(({ user_id: id }) => id === 'u-1');
  expect(session).toMatchObject({ total_events: 4, purchase_count: 2, total_purchase_value: '84.9900' });
});

test('channel and country come with the request where an event brings none, the country from browsers only', async () => {
  const page = (user: string, headers: Record<string, string>) =>
    shop.send(
      {
        event_time: new Date().toISOString(),
        event_type: 'page',
        user_id: user,
        page_url: 'https://shop.example/',
        referrer: 'https://www.google.com/',
      },
      { 'cf-ipcountry': 'AT', ...headers },
    );
  await page('browser', { origin: 'https://shop.example' });
  await page('server', {});
  await page('nowhere', { origin: 'https://shop.example', 'cf-ipcountry': 'XX' });
  const origins = async () =>
    new Map(
      (await rowsOf('journeys')).map(({ visitor, first_channel: channel, first_country: country }) => [
        visitor,
        [channel, country],
      ]),
    );
  await until(async () => (await origins()).has('nowhere'));
  expect(Object.fromEntries(await origins())).toMatchObject({
    browser: ['organic_search', 'AT'],
    server: ['organic_search', null],
    nowhere: ['organic_search', null],
  });
});
