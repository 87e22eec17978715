import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { forgetSegments } from './forget-segments.ts';
import { encodeRecord } from './record.ts';
import { segmentPath, segmentsOf } from './segment.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Segments of two records of five rows each; the nth record arrives at n. */
function journal(segments: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-segments-'));
  folders.push(folder);
  for (let i = 0; i < segments; i += 1) {
    const records = [0, 1].map((j) =>
      encodeRecord(
        { rows: 5, first: i * 10 + j * 5, arrival: i * 2 + j, answer: false },
        Buffer.from(`record ${i} ${j}`),
      ),
    );
    writeFileSync(segmentPath(folder, i * 10), Buffer.concat(records));
  }
  return folder;
}

const firsts = (folder: string): readonly number[] => segmentsOf(folder).map(({ first }) => first);

test('whole segments go that are in the lake and old; never the newest', async () => {
  const folder = journal(4);
  expect((await forgetSegments(folder, { covered: 40, before: 100 })).paths).toHaveLength(3);
  expect(firsts(folder)).toEqual([30]);
});

test.each([
  { covered: 0, before: 100, left: [0, 10, 20, 30] },
  { covered: 9, before: 100, left: [0, 10, 20, 30] },
  { covered: 10, before: 100, left: [10, 20, 30] },
  { covered: 29, before: 100, left: [20, 30] },
  { covered: 40, before: 0, left: [0, 10, 20, 30] },
  { covered: 40, before: 1, left: [0, 10, 20, 30] },
  { covered: 40, before: 2, left: [10, 20, 30] },
  { covered: 40, before: 4, left: [20, 30] },
])(
  'rows before $covered are in the lake, and what came before $before is old: $left is left',
  async ({ left, ...given }) => {
    const folder = journal(4);
    await forgetSegments(folder, given);
    expect(firsts(folder)).toEqual(left);
  },
);

test('nothing is deleted from a damaged segment on', async () => {
  const folder = journal(4);
  const path = segmentPath(folder, 10);
  const bytes = readFileSync(path);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(await forgetSegments(folder, { covered: 40, before: 100 })).toMatchObject({ damaged: path });
  expect(firsts(folder)).toEqual([10, 20, 30]);
});
