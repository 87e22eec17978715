import { existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { minutes, seconds } from '../../src/core/time.ts';
import { giveErasure, planErasure } from '../../src/engine/erase/give-erasure.ts';
import { withReader } from '../../src/engine/read.ts';
import { Snapshots, type ViewSnapshot } from '../../src/runtime/explorer/snapshots.ts';
import { NOW, TestShop } from '../engine/test-shop.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';

let shop: TestShop;
let folder: string;
beforeEach(async () => {
  shop = await TestShop.open();
  folder = mkdtempSync(join(tmpdir(), 'footfall-copies-'));
});
afterEach(async () => {
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

const view = (id: string, time: string, more: Partial<CanonicalEvent> = {}): CanonicalEvent => ({
  event_id: id,
  event_time: time,
  event_type: 'view',
  ...more,
});
const rowsIn = ({ files }: ViewSnapshot): Promise<AnyRow[]> =>
  shop.rows(`SELECT * FROM read_parquet([${files.map((file) => `'${file}'`).join(', ')}]) ORDER BY ALL`);
const published = (name: string): Promise<AnyRow[]> =>
  withReader(shop.shop, (reader) =>
    reader.ask(
      shop.shop.views.filter((each) => each.name === name),
      ({ database }) => database.jsonRows(`SELECT * FROM ${name} ORDER BY ALL`),
    ),
  );

const LATER = seconds(10);

/** Copies of a view as they are asked for, a moment of `now` each. */
async function withCopies(
  name: string,
  work: (copy: (now: number) => Promise<ViewSnapshot>) => Promise<void>,
): Promise<void> {
  await withReader(shop.shop, async (reader) => {
    const snapshots = new Snapshots(folder, reader);
    await work(async (now) => {
      const views = shop.shop.views.filter((each) => each.name === name);
      const [copy] = await snapshots.of(views, now);
      if (copy === undefined) throw new Error(`there is no view ${name}`);
      return copy;
    });
  });
}

test('a session that is another by now is copied anew, although its key has no time', async () => {
  const name = 'user_session_analytics';
  await shop.give([
    view('a', '2020-03-01T10:00:00Z', { session_id: 's' }),
    view('b', '2020-03-02T10:00:00Z', { session_id: 't', user_id: 'v' }),
    view('c', '2020-03-03T10:00:00Z', { session_id: 'z', user_id: 'w' }),
  ]);
  await shop.finalize();
  await withCopies(name, async (copy) => {
    const before = await rowsIn(await copy(NOW));
    expect(before).toEqual(await published(name));
    // The session is a visitor's now: the row of nobody's is gone, and was the only one with its key.
    await shop.give([view('d', '2020-03-01T10:01:00Z', { session_id: 's', user_id: 'u' })]);
    await shop.finalize();
    const after = await published(name);
    expect([after.length, after.every(({ visitor }) => visitor !== null)]).toEqual([before.length, true]);
    expect(await rowsIn(await copy(NOW + LATER))).toEqual(after);
  });
});

test('a day without rows has no copy any more, and what was replaced stays for who reads it', async () => {
  const name = 'user_session_analytics';
  await shop.give([
    view('a', '2020-03-01T10:00:00Z', { session_id: 's', user_id: 'gone' }),
    view('b', '2020-03-02T10:00:00Z', { session_id: 't', user_id: 'v' }),
    view('c', '2020-03-03T10:00:00Z', { session_id: 'z', user_id: 'w' }),
  ]);
  await shop.finalize();
  await withCopies(name, async (copy) => {
    const before = await copy(NOW);
    expect(await rowsIn(before)).toHaveLength(3);
    // They are old when they are replaced.
    for (const file of before.files) utimesSync(file, new Date(0), new Date(0));
    const { fact } = await planErasure(shop.shop, ['gone'], 'remove', NOW);
    await shop.change(() => giveErasure(shop.shop, fact));
    const after = await copy(NOW + LATER);
    expect(after.files).toHaveLength(2);
    expect(await rowsIn(after)).toEqual(await published(name));
    expect(before.files.map((file) => existsSync(file))).toEqual([true, true, true]);
    await copy(NOW + LATER + minutes(3));
    expect(before.files.map((file) => existsSync(file))).toEqual([false, false, false]);
    expect(after.files.map((file) => existsSync(file))).toEqual([true, true]);
  });
});
