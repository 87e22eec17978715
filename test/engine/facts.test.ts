import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { loadDimension } from '../../src/engine/dimension/load-dimension.ts';
import { FactLog } from '../../src/journal/fact-log.ts';
import { streams } from '../oracle/arbitrary.ts';
import type { OracleFacts } from '../oracle/input.ts';
import { asSegments, differences, expectedTables } from './differences.ts';
import { SOAK } from './soak.ts';
import { NOW, TestShop } from './test-shop.ts';
import { withCounts, withLoad } from './versions.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Facts = Required<OracleFacts>;
const NONE: Facts = { products: [], users: [], rates: [], counts: [] };

/** Loads every kind of fact; returns what is known then, by the oracle's rules. */
async function load(shop: TestShop, known: Facts, { products = [], users = [], rates = [], counts = [] }: OracleFacts) {
  const clock = shop.clock();
  const next: Facts = {
    products: products.length > 0 ? withLoad(known.products, products, 'product_id', clock) : known.products,
    users: users.length > 0 ? withLoad(known.users, users, 'user_id', clock) : known.users,
    rates: [...known.rates, ...rates],
    counts: counts.length > 0 ? withCounts(known.counts, counts, clock) : known.counts,
  };
  if (products.length > 0) await shop.loadDimension('product', products);
  if (users.length > 0) await shop.loadDimension('user', asSegments(users));
  const plain = (rows: readonly object[]) => rows.map((row) => ({ ...row }) as Record<string, string>);
  if (rates.length > 0) await shop.loadDimension('rates', plain(rates));
  if (counts.length > 0) await shop.loadDimension('stock', plain(counts));
  return next;
}

/** A copy of a closed shop's folder; what was lost there is left out. */
function copyOf(folder: string, { without = [] }: { readonly without?: readonly string[] } = {}): string {
  const copy = mkdtempSync(join(tmpdir(), 'footfall-facts-'));
  folders.push(copy);
  cpSync(folder, copy, {
    recursive: true,
    filter: (path) => !without.some((name) => path.startsWith(join(folder, name))),
  });
  return copy;
}
const DATABASE = ['footfall.duckdb'];
const ALL_BUT_FACTS = [...DATABASE, 'control.db'];

test('a deleted database is made anew from facts and events: all rows as before, and as they must be', async () => {
  const cases = fc.tuple(streams({ maxEvents: 40 }), streams({ maxEvents: 0 }), fc.nat(40));
  await fc.assert(
    fc.asyncProperty(cases, async ([stream, later, cut]) => {
      const { settings, events } = stream;
      const shop = await TestShop.open({ zone: settings.zone });
      folders.push(shop.folder);
      let known = await load(shop, NONE, stream.facts);
      await shop.give(events.slice(0, cut));
      await shop.finalize();
      known = await load(shop, known, later.facts);
      await shop.give(events.slice(cut));
      await shop.finalize(true);
      const before = await shop.tables();
      const expected = expectedTables(events, known, settings);
      expect(differences(expected, before)).toEqual([]);
      const dimension = 'SELECT * FROM dimension ORDER BY kind, key, valid_from, version';
      const dimensions = await shop.rows(dimension);
      await shop.leave();

      const again = await TestShop.at(copyOf(shop.folder, { without: DATABASE }), { zone: settings.zone });
      expect(await again.rows('SELECT count(*) AS n FROM raw')).toEqual([{ n: 0 }]);
      await again.give(events);
      await again.finalize(true);
      const after = await again.tables();
      expect(differences(expected, after)).toEqual([]);
      expect(differences(before as never, after)).toEqual([]);
      expect(await again.verify()).toMatchObject({ equal: true });
      expect(await again.rows(dimension)).toEqual(dimensions);
      await again.leave();
    }),
    { numRuns: 3 * SOAK },
  );
}, 600_000);

const sale = (id: string, amount: string): CanonicalEvent => ({
  event_id: id,
  event_time: `2020-01-11T12:00:0${id}Z`,
  event_type: 'purchase',
  session_id: id,
  user_id: '7',
  product_id: 'shoe',
  amount,
  currency: 'EUR',
});
const rate = (worth: string) => ({ date: '2020-01-01', currency: 'EUR', rate: worth });
const revenue = async (shop: TestShop) =>
  (await shop.tables()).user_session_analytics.map(({ total_purchase_value }) => total_purchase_value);

/** A closed shop with three facts and an event; its folder. */
async function loadedShop(): Promise<string> {
  const shop = await TestShop.open();
  folders.push(shop.folder);
  for (const worth of ['2', '3', '4']) await shop.loadDimension('rates', [rate(worth)]);
  await shop.give([sale('1', '10')]);
  await shop.finalize(true);
  expect(await revenue(shop)).toEqual(['40.0000']);
  await shop.leave();
  return shop.folder;
}

test('a torn line is set aside, the shop goes on without it, and what is loaded again counts', async () => {
  const folder = await loadedShop();
  const log = join(folder, 'facts.ndjson');
  const torn = '2 4 0123456789abcdef {"kind":"dim';
  for (const without of [[], DATABASE]) {
    const copy = copyOf(folder, { without });
    writeFileSync(join(copy, 'facts.ndjson'), torn, { flag: 'a' });
    const shop = await TestShop.at(copy);
    expect(shop.shop.facts.setAside).toBe(join(copy, 'facts.ndjson.torn'));
    expect(readFileSync(join(copy, 'facts.ndjson.torn'), 'utf8')).toBe(torn);
    expect(readFileSync(join(copy, 'facts.ndjson'))).toEqual(readFileSync(log));
    if (without.length > 0) await shop.give([sale('1', '10')]);
    await shop.finalize(true);
    expect(await revenue(shop)).toEqual(['40.0000']);
    expect(await shop.loadDimension('rates', [rate('5')])).toMatchObject({ changed: 1, events: 1 });
    await shop.reopen();
    await shop.finalize(true);
    expect(await revenue(shop)).toEqual(['50.0000']);
    expect([shop.shop.facts.setAside, shop.shop.facts.read().length]).toEqual([null, 4]);
    await shop.leave();
  }
});

test('facts that acted and are gone or damaged are named, whatever else is still there', async () => {
  const folder = await loadedShop();
  const whole = readFileSync(join(folder, 'facts.ndjson'));
  const last = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    return bytes;
  };
  const damages: readonly (readonly [Buffer, number])[] = [
    [flipped(40), 1],
    [flipped(last - 1), 2],
    [flipped(whole.length - 1), 3],
    [whole.subarray(0, last), 3],
    [whole.subarray(0, last + 1), 3],
    [whole.subarray(0, whole.length - 2), 3],
    [Buffer.alloc(0), 1],
  ];
  for (const [bytes, number] of damages) {
    // The database and control.db each know how many facts there were; a line that is whole but wrong needs neither.
    const ways =
      bytes.length === whole.length ? [[], DATABASE, ['control.db'], ALL_BUT_FACTS] : [[], DATABASE, ['control.db']];
    for (const without of ways) {
      const copy = copyOf(folder, { without });
      writeFileSync(join(copy, 'facts.ndjson'), bytes);
      await expect(TestShop.at(copy), `${number} ${without}`).rejects.toMatchObject({
        code: 'journal.facts',
        where: `${join(copy, 'facts.ndjson')}:${number}`,
      });
      expect(readFileSync(join(copy, 'facts.ndjson'))).toEqual(bytes);
    }
  }
}, 60_000);

test('a fact whose file is missing or changed is named when it is needed, and acts when the file is back', async () => {
  const folder = await loadedShop();
  const [, second] = FactLog.in(folder).read();
  const name = join('facts', second?.kind === 'dimension' ? second.file : '');
  for (const damage of [(path: string) => rmSync(path), (path: string) => truncateSync(path, 20)]) {
    const copy = copyOf(folder, { without: DATABASE });
    damage(join(copy, name));
    await expect(TestShop.at(copy)).rejects.toMatchObject({
      code: 'journal.copy',
      params: { number: 2, dimension: 'rates', path: join(copy, name) },
    });
    const mended = copyOf(copy, { without: DATABASE });
    cpSync(join(folder, name), join(mended, name));
    const shop = await TestShop.at(mended);
    await shop.give([sale('1', '10')]);
    await shop.finalize(true);
    expect(await revenue(shop)).toEqual(['40.0000']);
    await shop.leave();
  }
  // The database has what the facts said: it needs the file no more. Loaded again, a damaged copy is made whole.
  const copy = copyOf(folder);
  truncateSync(join(copy, name), 20);
  const shop = await TestShop.at(copy);
  await shop.loadDimension('rates', [rate('3')]);
  expect(readFileSync(join(copy, name))).toEqual(readFileSync(join(folder, name)));
  await shop.leave();
});

test('a file that cannot be used leaves neither a fact nor a copy, and is named as it was given', async () => {
  const shop = await TestShop.open();
  await shop.loadDimension('rates', [rate('2')]);
  const kept = readdirSync(join(shop.folder, 'facts'));
  await expect(shop.loadDimension('rates', [rate('none')])).rejects.toMatchObject({
    code: 'dimension.row',
    params: { path: join(shop.folder, 'rates-2.csv') },
  });
  await expect(shop.loadDimension('user', [{ name: 'x' }])).rejects.toMatchObject({
    code: 'dimension.columns',
    params: { path: join(shop.folder, 'user-3.csv') },
  });
  expect([readdirSync(join(shop.folder, 'facts')), shop.shop.facts.read().length]).toEqual([kept, 1]);
  expect(existsSync(join(shop.folder, 'facts.ndjson.torn'))).toBe(false);
  await shop.close();
});

test('a packed file is kept packed, and read again', async () => {
  const shop = await TestShop.open();
  folders.push(shop.folder);
  const path = join(shop.folder, 'rates.csv.gz');
  writeFileSync(path, gzipSync('date,currency,rate\n2020-01-01,EUR,7\n'));
  await loadDimension(shop.shop, 'rates', path, NOW);
  await shop.leave();
  const again = await TestShop.at(copyOf(shop.folder, { without: [...DATABASE, 'rates.csv.gz'] }));
  await again.give([sale('1', '10')]);
  await again.finalize(true);
  expect(await revenue(again)).toEqual(['70.0000']);
  await again.leave();
});
