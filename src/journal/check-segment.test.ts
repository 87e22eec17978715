import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkSegment } from './check-segment.ts';
import { encodeRecord } from './record.ts';
import { scanSegment, segmentPath, segmentsOf } from './segment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RECORDS = Array.from({ length: 5 }, (_, i) =>
  encodeRecord({ rows: 2, first: i * 2, arrival: 100 + i, answer: false }, Buffer.from(`what came ${i}`)),
);
const WHOLE = Buffer.concat(RECORDS);
/** Where each record begins, and the last one ends. */
const STARTS = Array.from({ length: RECORDS.length + 1 }, (_, i) => Buffer.concat(RECORDS.slice(0, i)).length);
const recordAt = (byte: number): number => STARTS.findIndex((start, i) => start <= byte && byte < (STARTS[i + 1] ?? 0));

async function check(bytes: Uint8Array, next?: number): ReturnType<typeof checkSegment> {
  writeFileSync(segmentPath(folder, 0), bytes);
  const [segment] = segmentsOf(folder);
  if (segment === undefined) throw new Error('there is no segment');
  return checkSegment(segment, next);
}

test('a whole segment', async () => {
  expect(await check(WHOLE, 10)).toMatchObject({
    records: 5,
    rows: 10,
    from: 100,
    until: 104,
    damage: [],
    gaps: [],
    tail: 0,
  });
});

test('every flipped bit of a segment is found: the others are read, and what was lost is stated', async () => {
  for (let at = 0; at < WHOLE.length; at += 1) {
    const bytes = Buffer.from(WHOLE);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    const lost = recordAt(at);
    const { records } = scanSegment(bytes);
    expect(records.map(({ header, payload }) => [header.first, Buffer.from(payload).toString()])).toEqual(
      [0, 1, 2, 3, 4].filter((i) => i !== lost).map((i) => [i * 2, `what came ${i}`]),
    );
    const { damage, rows, gaps, tail } = await check(bytes, 10);
    expect({ damage, rows, gaps, tail }, `byte ${at}`).toEqual({
      damage: [
        { from: STARTS[lost], to: STARTS[lost + 1], reason: expect.any(String), rows: [lost * 2, lost * 2 + 2] },
      ],
      rows: 8,
      gaps: [],
      tail: 0,
    });
  }
});

test('cut at any byte, a segment has all records before; the newest may have been cut off, another one was damaged', async () => {
  for (let length = 0; length < WHOLE.length; length += 1) {
    const whole = STARTS.filter((start) => start <= length).length - 1;
    const rest = length - (STARTS[whole] ?? 0);
    const newest = await check(WHOLE.subarray(0, length));
    expect(newest, `${length} bytes`).toMatchObject({ records: whole, damage: [], tail: rest });
    const older = await check(WHOLE.subarray(0, length), 10);
    expect(older).toMatchObject({ records: whole, tail: 0 });
    // Between two records nothing tells a cut from rows that could never be written.
    if (rest === 0) expect(older).toMatchObject({ damage: [], gaps: [[whole * 2, 10]] });
    if (rest > 0) expect(older.damage).toMatchObject([{ from: STARTS[whole], to: length, rows: [whole * 2, 10] }]);
  }
});
