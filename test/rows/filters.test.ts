import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZonedTimes } from '../../src/runtime/rows/zoned-time.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import type { TestShop } from '../engine/test-shop.ts';
import { streams } from '../oracle/arbitrary.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import { page, refusal, rowsOf, shopOf } from './asking.ts';

const bytes = (a: unknown, b: unknown): number => Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
const numbers = (a: unknown, b: unknown): number => Number(a) - Number(b);

/** What each filter means, said once more in plain code. */
const meanings: readonly (readonly [filter: string, holds: (row: AnyRow) => boolean])[] = [
  ['event_type:eq:view', ({ event_type: type }) => type === 'view'],
  ['event_type:ne:view', ({ event_type: type }) => type !== 'view'],
  ['event_type:in:view,cart', ({ event_type: type }) => type === 'view' || type === 'cart'],
  ['event_type:in:["view","Gewünscht"]', ({ event_type: type }) => type === 'view' || type === 'Gewünscht'],
  ['event_type:gte:p', ({ event_type: type }) => bytes(type, 'p') >= 0],
  ['event_type:contains:a', ({ event_type: type }) => String(type).includes('a')],
  ['event_type:starts:re', ({ event_type: type }) => String(type).startsWith('re')],
  ['category_name:null', ({ category_name: name }) => name === null],
  ['category_name:null:false', ({ category_name: name }) => name !== null],
  ['category_name:ne:appliances', ({ category_name: name }) => name !== 'appliances'],
  ['category_name:lt:f', ({ category_name: name }) => name !== null && bytes(name, 'f') < 0],
  ['event_count:gt:1', ({ event_count: n }) => Number(n) > 1],
  ['total_revenue:lte:100.5', ({ total_revenue: money }) => numbers(money, 100.5) <= 0],
  ['avg_price:gt:12.25', ({ avg_price: price }) => price !== null && numbers(price, 12.25) > 0],
  ['max_price:null', ({ max_price: price }) => price === null],
  ['is_final:eq:true', ({ is_final: final }) => final === true],
  [
    'window_start:gte:2019-10-27T00:30:00Z',
    ({ window_start: at }) => Date.parse(String(at)) >= Date.parse('2019-10-27T00:30Z'),
  ],
];

const key = (row: AnyRow): string => JSON.stringify([row['window_start'], row['category_name'], row['event_type']]);
const all = (shop: TestShop): Promise<AnyRow[]> => rowsOf(shop, { view: 'event_aggregations' }, 10_000);

test('filters choose what they say, alone and together, page by page', { timeout: 120_000 }, async () => {
  const pairs = fc.tuple(fc.constantFrom(...meanings), fc.constantFrom(...meanings));
  const drawn = fc.sample(streams({ maxEvents: 30 }), { seed: SEED, numRuns: 4 * SOAK });
  let [chosen, left] = [0, 0];
  for (const { events, settings } of drawn) {
    const shop = await shopOf(events, settings);
    const rows = await all(shop);
    const asked = [...meanings.map((each) => [each]), ...fc.sample(pairs, { seed: SEED, numRuns: 5 })];
    for (const filters of asked) {
      const expected = rows.filter((row) => filters.every(([, holds]) => holds(row)));
      const found = await rowsOf(shop, { view: 'event_aggregations', where: filters.map(([text]) => text) });
      expect([filters.map(([text]) => text), found.map(key)]).toEqual([
        filters.map(([text]) => text),
        expected.map(key),
      ]);
      chosen += found.length;
      left += rows.length - found.length;
    }
    await shop.close();
  }
  expect([chosen > 0, left > 0]).toEqual([true, true]);
});

test('values are texts to the database and nothing else', async () => {
  const brand = `O'Neil"; --:x`;
  const shop = await shopOf([
    { event_id: 'a', event_time: '2019-10-01T00:00:00Z', event_type: 'view', brand, session_id: 's', user_id: 'u' },
    { event_id: 'b', event_time: '2019-10-01T00:00:00Z', event_type: 'view', brand: 'Acme', session_id: 't' },
  ]);
  const brands = async (filter: string) =>
    (await rowsOf(shop, { view: 'brand_activity', where: [filter], group_by: ['brand'] })).map((row) => row['brand']);
  for (const op of ['eq', 'contains', 'starts']) expect(await brands(`brand:${op}:${brand}`)).toEqual([brand]);
  expect(await brands(`brand:in:${JSON.stringify([brand, 'Acme'])}`)).toEqual(['Acme', brand]);
  expect(await brands('brand:contains:%')).toEqual([]);
  expect(await brands('brand:eq:Acme\0')).toEqual([]);
  expect(await brands('brand:ne:\0')).toEqual(['Acme', brand]);
  const sessions = await rowsOf(shop, { view: 'user_session_analytics', where: [`brands_viewed:contains:${brand}`] });
  expect(sessions.map((row) => row['user_session'])).toEqual(['s']);
  await shop.close();
});

test('a filter that means nothing is refused', async () => {
  const shop = await shopOf([{ event_id: 'a', event_time: '2019-10-01T00:00:00Z', event_type: 'view' }]);
  const ask = (filter: string, view = 'event_aggregations') => refusal(shop, { view, where: [filter] });
  expect(await ask('event_cuont:eq:1')).toBe('view.column_unknown');
  for (const filter of [
    'event_count',
    'event_count:eq',
    'event_count:equals:1',
    'event_count:eq:many',
    'event_count:contains:1',
    'is_final:eq:yes',
    'event_type:in:[]',
    'event_type:null:maybe',
  ])
    expect([filter, await ask(filter)]).toEqual([filter, 'query.filter']);
  expect(await ask('window_start:gte:yesterday')).toBe('cli.usage');
  expect(await ask('brands_viewed:eq:Acme', 'user_session_analytics')).toBe('query.filter');
  await shop.close();
});

test('times are said in the zone asked for, and read as of it', async () => {
  const shop = await shopOf([
    { event_id: 'a', event_time: '2019-10-27T00:30:00Z', event_type: 'view', user_id: 'u' },
    { event_id: 'b', event_time: '2019-10-27T01:30:00Z', event_type: 'view' },
  ]);
  const zone = 'Europe/Berlin';
  const starts = async (more: object) =>
    (await page(shop, { view: 'event_aggregations', columns: ['window_start'], ...more })).rows.map(
      (row) => row['window_start'],
    );
  expect(await starts({ zone })).toEqual(['2019-10-27T02:30:00.000000+02:00', '2019-10-27T02:30:00.000000+01:00']);
  expect(await starts({ zone, from: '2019-10-27T02:30:00+01:00' })).toHaveLength(1);
  // The first of the two is meant.
  expect(await starts({ zone, from: '2019-10-27T02:30' })).toHaveLength(2);
  expect(await starts({ zone, to: '2019-10-27' })).toEqual([]);
  expect(await starts({ zone, where: ['window_start:gt:2019-10-27T02:30'] })).toHaveLength(1);
  const lists = await rowsOf(shop, { view: 'journeys', columns: ['event_times'], zone: 'Asia/Kathmandu' });
  expect(lists.flatMap((row) => row['event_times'])).toContain('2019-10-27T06:15:00.000000+05:45');
  await shop.close();
});

test('what is said in a zone is the same instant', () => {
  const instants = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
  fc.assert(
    fc.property(instants, zones, (millis, zone) => {
      const said = new ZonedTimes(zone).say(`${new Date(millis).toISOString().slice(0, -1)}789Z`);
      expect(Date.parse(said)).toBe(millis);
      expect(said.slice(23, 26)).toBe('789');
      const shown = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
        millis,
      );
      expect(said.slice(0, 19).replace('T', ' ')).toBe(shown);
    }),
    { seed: SEED },
  );
});
