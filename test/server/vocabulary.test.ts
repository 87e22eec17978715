import { expect, test } from 'vitest';
import { footfall, rowsOf, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read', 'admin']);
const { data } = shop;

test('unknown event types are listed with what was most likely meant, by whoever owns the shop', async () => {
  const event = (event_type: string, second: number) => ({
    event_type,
    event_time: `2026-03-01T12:00:0${second}Z`,
    user_id: 'u',
  });
  const events = [
    event('Product Viewd', 1),
    event('view', 2),
    event('identify', 3),
    event('wishlist', 4),
    event('Product Viewd', 5),
  ];
  expect(await (await shop.send(events)).json()).toMatchObject({ accepted: 5 });
  const listed = async (): Promise<unknown[]> => {
    const asked = await shop.fetch('/v1/vocabulary/unknown', { as: 'read' });
    return (await asked.json()) as unknown[];
  };
  await until(async () => (await listed()).length === 2);
  const unknown = [
    {
      event_type: 'Product Viewd',
      events: 2,
      first_time: '2026-03-01T12:00:01.000000Z',
      last_time: '2026-03-01T12:00:05.000000Z',
      suggestion: 'view',
    },
    {
      event_type: 'wishlist',
      events: 1,
      first_time: '2026-03-01T12:00:04.000000Z',
      last_time: '2026-03-01T12:00:04.000000Z',
      suggestion: null,
    },
  ];
  expect(await listed()).toEqual(unknown);
  // Through the process that runs, and from the file when none does.
  expect(await rowsOf(['vocabulary', 'unknown', '--data', data])).toEqual(unknown);
  expect((await footfall(['vocabulary', 'unknown', '--data', data])).stdout).toContain('Product Viewd');
  await shop.stop();
  expect(await rowsOf(['vocabulary', 'unknown', '--data', data])).toEqual(unknown);
});

test('a word that nobody knows stands for a type when it is said, and for itself when that is taken back', async () => {
  await shop.start();
  const say = (types: Readonly<Record<string, string | null>>) =>
    shop.ask('/v1/vocabulary', { as: 'admin', body: { types } });
  const mapped = async () => (await shop.get('/v1/vocabulary')).body;
  const views = async () =>
    (await shop.rows('event_aggregations'))
      .filter((row) => row['event_type'] === 'view')
      .map((row) => row['event_count']);
  const before = await views();
  expect(await say({ 'Product Viewd': 'view' })).toMatchObject({
    status: 200,
    body: { status: 'done', result: { changed: 1, events: 2 } },
  });
  expect(await mapped()).toEqual([{ word: 'Product Viewd', event_type: 'view', events: 2 }]);
  expect(await rowsOf(['vocabulary', 'unknown', '--data', data])).toHaveLength(1);
  expect(await views()).toEqual([3]);
  expect(await say({ 'Product Viewd': 'viewd' })).toMatchObject({ status: 400, body: { code: 'vocabulary.type' } });
  expect(await say({ view: 'purchase' })).toMatchObject({ status: 400, body: { code: 'vocabulary.word' } });
  expect(await say({})).toMatchObject({ status: 400 });
  const unmapped = await footfall(['vocabulary', 'unmap', 'Product Viewd', '--data', data, '--json']);
  expect(JSON.parse(unmapped.stdout)).toEqual({ changed: 1, events: 2 });
  expect(await mapped()).toEqual([]);
  expect(await views()).toEqual(before);
  await shop.stop();
  // From the file.
  expect((await footfall(['vocabulary', 'map', 'wishlist=cart_add', '--data', data])).code).toBe(0);
  expect(await rowsOf(['vocabulary', 'list', '--data', data])).toEqual([
    { word: 'wishlist', event_type: 'cart_add', events: 1 },
  ]);
  expect((await footfall(['verify', '--data', data])).code).toBe(0);
});
