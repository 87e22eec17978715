import { expect, test } from 'vitest';
import { footfall, rowsOf, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read']);
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
