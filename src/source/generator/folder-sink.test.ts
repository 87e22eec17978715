import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderSink } from './folder-sink.ts';
import { generate } from './generate.ts';
import { MemorySink } from './memory-sink.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'footfall-generator-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('files in a folder hold what was generated, compressed or not', async () => {
  const options = { shape: 'rees46', events: 25_000 } as const;
  const memory = new MemorySink();
  await generate(options, memory);
  await generate(options, new FolderSink(join(folder, 'plain')));
  await generate({ ...options, gzip: true }, new FolderSink(join(folder, 'packed')));
  const events = memory.bytes('events.csv');
  expect((await readFile(join(folder, 'plain', 'events.csv'))).equals(events)).toBe(true);
  expect(gunzipSync(await readFile(join(folder, 'packed', 'events.csv.gz'))).equals(events)).toBe(true);
  expect((await readdir(join(folder, 'plain'))).sort()).toEqual([
    'events.csv',
    'manifest.json',
    'products.csv',
    'rates.csv',
    'stock.csv',
    'users.csv',
  ]);
});

test('a file has its name only when it is whole, and can be given up', async () => {
  const sink = new FolderSink(folder);
  await sink.write('a.csv', Buffer.from('one\n'));
  await sink.write('b.csv.gz', Buffer.from('two\n'));
  expect((await readdir(folder)).sort()).toEqual(['a.csv.partial', 'b.csv.gz.partial']);
  await sink.finish('a.csv');
  await sink.discard();
  expect(await readdir(folder)).toEqual(['a.csv']);
});

test('a folder that cannot be is the caller’s error', async () => {
  const sink = new FolderSink('/dev/null/nowhere');
  await expect(sink.write('a.csv', Buffer.from('one\n'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
