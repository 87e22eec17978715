import { copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { damageOf } from '../../src/journal/lake/lake-file.ts';
import { type LakeManifest, lakeFolder, readManifest, writeManifest } from '../../src/journal/lake/manifest.ts';
import { lakeDoubt } from '../../src/runtime/storage/lake-doubt.ts';
import { scrubNext } from '../../src/runtime/storage/scrub.ts';
import { NOW, TestShop } from './test-shop.ts';

const EVENTS: readonly CanonicalEvent[] = Array.from({ length: 60 }, (_, i) => ({
  event_id: `e-${i}`,
  event_time: `2020-01-0${1 + (i % 3)}T10:${String(i).padStart(2, '0')}:00.000000Z`,
  event_type: i % 4 === 0 ? 'purchase' : 'view',
  product_id: `p-${i % 5}`,
  user_id: `u-${i % 7}`,
  price: '2.5000',
}));
const FILES = ['manifest.json', 'manifest.copy.json'] as const;

let shop: TestShop;
let folder = '';
let manifest: LakeManifest;
beforeAll(async () => {
  shop = await TestShop.open();
  await shop.give(EVENTS);
  const lake = await shop.openLake();
  await lake.write(NOW);
  ({ folder, manifest } = lake);
  await shop.leave();
});
afterAll(() => rmSync(shop.folder, { recursive: true, force: true }));

/** Changes a file, looks, and puts it back. */
async function spoiled<T>(path: string, spoil: (path: string) => void, look: () => T | Promise<T>): Promise<T> {
  const copy = `${path}.copy`;
  copyFileSync(path, copy);
  try {
    spoil(path);
    return await look();
  } finally {
    copyFileSync(copy, path);
    rmSync(copy);
  }
}

const flip = (at: number) => (path: string) => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
  writeFileSync(path, bytes);
};

test('a flipped bit anywhere in one copy of the manifest is told from the other, and in both from neither', async () => {
  const [one, other] = FILES.map((name) => join(folder, name)) as [string, string];
  const { length } = readFileSync(one);
  for (let at = 0; at < length; at += 37) {
    expect(await spoiled(one, flip(at), () => readManifest(folder))).toEqual({ found: 'manifest', manifest });
    expect(await spoiled(other, flip(at), () => readManifest(folder))).toEqual({ found: 'manifest', manifest });
    const both = await spoiled(one, flip(at), () => spoiled(other, flip(length - 1 - at), () => readManifest(folder)));
    expect(both, `byte ${at}`).toEqual({ found: 'damaged', path: one });
  }
});

test('a flipped bit, a cut and a missing file are found', async () => {
  const [file] = manifest.files;
  if (file === undefined) throw new Error('the lake is empty');
  const path = join(folder, file.path);
  expect(await damageOf(folder, file)).toBeNull();
  for (let at = 0; at < file.bytes; at += 61)
    expect(await spoiled(path, flip(at), () => damageOf(folder, file)), `byte ${at}`).toBe(
      'its content is not what was written',
    );
  for (let size = 0; size < file.bytes; size += 101)
    expect(
      await spoiled(
        path,
        (each) => truncateSync(each, size),
        () => damageOf(folder, file),
      ),
    ).toMatch(/^it has \d+ bytes/);
  expect(await spoiled(path, rmSync, () => damageOf(folder, file))).toBe('it is missing');
});

test('a database made anew takes in what is whole, and says what it lacks', async () => {
  const file = manifest.files.find(({ day }) => day === '2020-01-02');
  if (file === undefined) throw new Error('the day is not there');
  for (const name of ['footfall.duckdb', 'footfall.duckdb.wal', 'control.db'])
    rmSync(join(shop.folder, name), { force: true });
  await spoiled(join(folder, file.path), flip(200), async () => {
    const again = await TestShop.at(shop.folder);
    const taken = await again.takeInLake();
    expect(taken).toEqual({ events: 40, damaged: [{ file, reason: 'its content is not what was written' }] });
    const ids = (await again.tables()).enriched_events.map(({ event_id: id }) => Number(String(id).slice(2)));
    expect(ids.sort((a, b) => a - b)).toEqual([...EVENTS.keys()].filter((i) => i % 3 !== 1));
    expect(await again.verify()).toMatchObject({ equal: true });
    await again.leave();
  });
  expect(lakeFolder(shop.folder)).toBe(folder);
});

test('nothing is deleted for a lake of which a file is missing, has another size, or is known to be damaged', async () => {
  const [file] = manifest.files;
  if (file === undefined) throw new Error('the lake is empty');
  const doubt = () => lakeDoubt(shop.folder, manifest);
  const path = join(folder, file.path);
  expect(doubt()).toBeNull();
  expect(await spoiled(path, rmSync, doubt)).toBe(`lake/${file.path}: it is missing`);
  expect(await spoiled(path, (each) => truncateSync(each, 9), doubt)).toMatch(/it has 9 bytes/);
  const found = await spoiled(path, flip(50), async () => {
    const unread = doubt();
    for (let i = 0; i < manifest.files.length; i++)
      await scrubNext(shop.folder, NOW, 1, () => Promise.resolve(undefined));
    return [unread, doubt()];
  });
  expect(found).toEqual([null, `lake/${file.path}: its content is not what was written`]);
  // Read again, and whole.
  for (let i = 0; i < manifest.files.length; i++)
    await scrubNext(shop.folder, NOW + 10, 1, () => Promise.resolve(undefined));
  expect(doubt()).toBeNull();
});

test('a lake that was taken away or put back while it was in use is not written to', async () => {
  const again = await TestShop.at(shop.folder);
  const lake = await again.openLake();
  const aside = `${folder}.aside`;
  renameSync(folder, aside);
  await expect(lake.write(NOW)).rejects.toMatchObject({ code: 'lake.changed' });
  await expect(lake.rewrite(NOW)).rejects.toMatchObject({ code: 'lake.changed' });
  expect(readManifest(folder)).toEqual({ found: 'none' });
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
  await lake.write(NOW);
  writeManifest(folder, { ...lake.manifest, version: lake.manifest.version + 1 });
  await expect(lake.write(NOW)).rejects.toMatchObject({ code: 'lake.changed' });
  writeManifest(folder, lake.manifest);
  await lake.close();
  await again.leave();
});
