import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { mapTypes } from '../../src/engine/vocabulary/map-types.ts';
import { type Stream, streams } from '../oracle/arbitrary.ts';
import { brokenFile, loadFacts, pieces } from './broken-file.ts';
import { differences, expectedTables } from './differences.ts';
import { SEED, SOAK } from './soak.ts';
import { NOW, TestShop } from './test-shop.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const TYPES = ['view', 'purchase', 'cart_add', 'cart_remove', 'refund', 'restock', 'list_click'] as const;
const wordOf = (type: string): string => `my ${type}`;

interface Case {
  readonly stream: Stream;
  /** Types that are sent in words of the shop's own. */
  readonly own: readonly (typeof TYPES)[number][];
  readonly cuts: readonly number[];
  /** After which piece words are mapped, rows are closed, and everything is closed by end. */
  readonly mapAfter: number;
  readonly finalizeAfter: number;
  readonly endAfter: number;
  readonly reopen: boolean;
}

const cases = (): fc.Arbitrary<Case> =>
  fc.record({
    stream: streams({ maxEvents: 32 }),
    own: fc.subarray([...TYPES], { minLength: 1 }),
    cuts: fc.array(fc.nat(1000), { maxLength: 4 }),
    mapAfter: fc.nat(5),
    finalizeAfter: fc.nat(5),
    endAfter: fc.nat(8),
    reopen: fc.boolean(),
  });

/** Events in which words were mapped: how many there were in all cases. */
let mapped = 0;

async function holds(shop: TestShop, stream: Stream, events: readonly CanonicalEvent[]): Promise<void> {
  expect(differences(expectedTables(events, stream.facts, stream.settings), await shop.tables())).toEqual([]);
  const { equal, views, raw } = await shop.verify();
  expect([equal, views.filter(({ differences: n }) => n > 0), raw]).toMatchObject([true, [], { differences: 0 }]);
}

async function play({ stream, own, cuts, reopen, ...when }: Case): Promise<void> {
  const isOwn = (type: string): boolean => (own as readonly string[]).includes(type);
  const words = Object.fromEntries(own.map((type) => [wordOf(type), type]));
  const sent = stream.events.map((event) =>
    isOwn(event.event_type) ? { ...event, event_type: wordOf(event.event_type) } : event,
  );
  const file = brokenFile(sent, [0]);
  const meant = file.all.map((event) => ({ ...event, event_type: words[event.event_type] ?? event.event_type }));
  const shop = await TestShop.open({ zone: stream.settings.zone });
  folders.push(shop.folder);
  await loadFacts(shop, stream.facts);
  const say = (types: Readonly<Record<string, string | null>>) =>
    shop.change(() => mapTypes(shop.shop, { types, recorded: NOW }));
  for (const [index, piece] of pieces(file, cuts).entries()) {
    await shop.takeIn(piece);
    if (index === when.finalizeAfter) await shop.finalize();
    if (index === when.endAfter) await shop.finalize(true);
    if (index === when.mapAfter) await say(words);
  }
  const early = when.mapAfter < pieces(file, cuts).length;
  await shop.finalize(true);
  await holds(shop, stream, early ? meant : file.all);
  mapped += (await say(words)).events + (early ? file.all.filter((event) => words[event.event_type]).length : 0);
  if (reopen) await shop.reopen();
  await holds(shop, stream, meant);
  // Some are words of their own again, then all.
  const [first = ''] = Object.keys(words);
  await say({ [first]: null });
  await holds(
    shop,
    stream,
    meant.map((event) => (event.event_type === words[first] ? { ...event, event_type: first } : event)),
  );
  await say({ [first]: words[first] ?? null });
  await say(Object.fromEntries(Object.keys(words).map((word) => [word, null])));
  if (reopen) await shop.reopen();
  await holds(shop, stream, file.all);
  await expect(say({ [first]: null })).rejects.toMatchObject({ code: 'vocabulary.none' });
  await say(words);
  await shop.leave();

  const folder = mkdtempSync(join(tmpdir(), 'footfall-vocabulary-'));
  folders.push(folder);
  const database = join(shop.folder, 'footfall.duckdb');
  cpSync(shop.folder, folder, { recursive: true, filter: (path) => !path.startsWith(database) });
  const again = await TestShop.at(folder, { zone: stream.settings.zone });
  for (const piece of pieces(file, [])) await again.takeIn(piece);
  await again.finalize(true);
  await holds(again, stream, meant);
  await again.leave();
}

test('mapped, the rows are those of a shop that was sent the types; taken back, those of its own words; made anew, the same', {
  timeout: 600_000,
}, async () => {
  // Others may happen to have no word that is mapped.
  for (const each of fc.sample(cases(), { seed: 247127838, numRuns: 2 })) await play(each);
  await fc.assert(fc.asyncProperty(cases(), play), {
    numRuns: 2 * SOAK,
    seed: SEED,
    interruptAfterTimeLimit: 300_000 * SOAK,
  });
  expect(mapped).toBeGreaterThan(0);
});

test('copies are known by the word that they were sent with', async () => {
  const shop = await TestShop.open();
  const event = (id: string, type: string) => ({ event_id: id, event_type: type, event_time: '2020-03-01T10:00:00Z' });
  await shop.give([event('1', 'Kauf')]);
  const { events } = await shop.change(() => mapTypes(shop.shop, { types: { Kauf: 'purchase' }, recorded: NOW }));
  expect(events).toBe(1);
  expect(await shop.give([event('1', 'Kauf'), event('2', 'Kauf')])).toMatchObject({ events: 1, duplicates: 1 });
  await shop.finalize(true);
  expect(await shop.rows('SELECT count(*)::INTEGER AS n FROM raw WHERE event_type <> given_type')).toEqual([{ n: 2 }]);
  const wrong = (types: Record<string, string | null>) =>
    shop.change(() => mapTypes(shop.shop, { types, recorded: NOW }));
  await expect(wrong({ Kauf: 'purchas' })).rejects.toMatchObject({
    code: 'vocabulary.type',
    message: expect.stringContaining('purchase'),
  });
  await expect(wrong({ view: 'purchase' })).rejects.toMatchObject({ code: 'vocabulary.word' });
  await shop.close();
});
