import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeRecord } from '../../journal/record.ts';
import { segmentPath } from '../../journal/segment.ts';
import { knownDamage, readScrub, scrubNext } from './scrub.ts';
import { lossLines } from './stored-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-scrub-'));
  mkdirSync(join(folder, 'journal'));
  for (const first of [0, 10, 20])
    writeFileSync(
      segmentPath(join(folder, 'journal'), first),
      encodeRecord({ rows: 10, first, arrival: 1, answer: false }, Buffer.from(`from ${first}`)),
    );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DAY = 86_400_000_000;
const read: number[] = [];
const scrub = (now: number) =>
  scrubNext(folder, now, DAY, async (bytes) => {
    read.push(bytes);
  });

test('each closed segment in its turn, again after a while; damage is news once, and known until it is gone', async () => {
  const flip = (): void => {
    const path = segmentPath(join(folder, 'journal'), 10);
    const bytes = readFileSync(path);
    bytes[45] = (bytes[45] ?? 0) ^ 4;
    writeFileSync(path, bytes);
  };
  const now = 100 * DAY;
  expect(await scrub(now)).toMatchObject({ file: { file: 'journal/events-0000000000000000.journal', state: 'whole' } });
  flip();
  const found = await scrub(now + 1);
  expect(found).toMatchObject({ file: { state: 'damaged' }, news: true });
  expect(found?.file === undefined ? [] : lossLines(found.file)).toEqual([
    expect.stringMatching(
      /^journal\/events-0000000000000010\.journal: bytes 0 to \d+ are damaged .* rows 10 to 19 are lost/,
    ),
  ]);
  expect(await scrub(now + 2)).toBeNull();
  expect(knownDamage(readScrub(folder))).toHaveLength(1);
  // The clock went back by a year: all is read again, rather than nothing for a year.
  expect(await scrub(now - 365 * DAY)).toMatchObject({ news: false });
  expect(await scrub(now - 365 * DAY)).toMatchObject({ file: { state: 'damaged' }, news: false });
  flip();
  expect(await scrub(now)).toMatchObject({ news: false });
  expect(await scrub(now)).toMatchObject({ file: { state: 'whole' } });
  expect(knownDamage(readScrub(folder))).toEqual([]);
  expect(read.length).toBeGreaterThan(0);
});

test('notes that cannot be read are no notes', async () => {
  await scrub(100 * DAY);
  writeFileSync(join(folder, 'scrub.json'), '{');
  expect(readScrub(folder)).toEqual({});
  expect(await scrub(100 * DAY)).not.toBeNull();
});
