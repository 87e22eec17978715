import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventBatch } from '../core/batch.ts';
import { EventJournal, type JournalEntry } from './event-journal.ts';
import { scanSegment, segmentPath, segmentsOf } from './segment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const batchOf = (times: readonly number[]): EventBatch => ({
  count: times.length,
  time: Float64Array.from(times),
  columns: { brand: { kind: 'int32', data: new Uint8Array(Int32Array.from(times, () => 0).buffer) } },
  partition: new Uint16Array(times.length),
  position: Float64Array.from(times, (_, i) => i),
  partitions: [{ partition: 'journal', position: times.length, clock: Math.max(...times), ended: false }],
  symbols: ['Acme'],
  firstSymbol: 0,
  rejected: [
    { partition: 0, position: times.length, code: 'event.json', pointer: '', message: 'm', bytes: Uint8Array.of(1) },
  ],
});
const entry = (...times: number[]): JournalEntry => ({ batch: batchOf(times), rows: times.length + 1, arrival: 7 });
/** Positions of what a journal holds from a number on. */
const held = (journal: EventJournal, from = 0): number[] =>
  [...journal.read(from)].flatMap(({ batch }) => [
    ...batch.position,
    ...batch.rejected.map(({ position }) => position),
  ]);
const fill = async (entries: number): Promise<string> => {
  const journal = EventJournal.open(folder, 0);
  await Promise.all(Array.from({ length: entries }, (_, i) => journal.append(entry(i, i + 1))));
  await journal.close();
  return segmentsOf(journal.folder)[0]?.path ?? '';
};

test('entries come back as they were, numbered one after the other', async () => {
  const journal = EventJournal.open(folder, 0);
  const stored = await Promise.all([
    journal.append({ ...entry(5, 6), answer: { key: 'k', body: 'b', text: '{}' } }),
    journal.append(entry(9)),
  ]);
  expect(journal.next).toBe(5);
  expect([...journal.read(0)]).toEqual(stored);
  expect(held(journal)).toEqual([0, 1, 2, 3, 4]);
  expect(held(journal, 3)).toEqual([3, 4]);
  await journal.close();
  const again = EventJournal.open(folder, 0);
  expect([again.next, again.notices]).toEqual([5, []]);
  await again.append(entry(1));
  expect(held(again)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  await again.close();
});

const numbers = (bytes: Uint8Array): number[] => scanSegment(bytes).records.map(({ header }) => header.first);

test('wherever it is cut off, the entries before are there', async () => {
  const whole = readFileSync(await fill(3));
  const size = whole.length / 3;
  for (let cut = 0; cut < whole.length; cut += 1) {
    const scan = scanSegment(whole.subarray(0, cut));
    const left = Math.floor(cut / size);
    expect([scan.records.length, scan.end, scan.damage]).toEqual([left, left * size, []]);
  }
});

test('every flipped bit loses its own entry alone', async () => {
  const bytes = readFileSync(await fill(3));
  const size = bytes.length / 3;
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const at = bit >> 3;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
    const lost = Math.floor(at / size);
    if (numbers(bytes).join() !== [0, 3, 6].filter((_, i) => i !== lost).join())
      expect.fail(`bit ${bit} of byte ${at}`);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  }
});

test('what a crash cut off, or spoiled at the end, is put aside; damage before whole entries stays where it is; both are told', async () => {
  const path = await fill(3);
  const whole = readFileSync(path);
  const size = whole.length / 3;
  writeFileSync(path, whole.subarray(0, whole.length - 1));
  const cut = EventJournal.open(folder, 0);
  expect(cut.notices).toEqual([{ path, bytes: size - 1, kind: 'torn' }]);
  expect(held(cut)).toEqual([0, 1, 2, 3, 4, 5]);
  await cut.close();
  // The last one has its full length: nobody can say that it was never acknowledged.
  const ended = readFileSync(path);
  ended[size + 50] = (ended[size + 50] ?? 0) ^ 1;
  writeFileSync(path, ended);
  const torn = EventJournal.open(folder, 0);
  expect(torn.notices).toEqual([{ path, bytes: size, kind: 'damaged' }]);
  expect(held(torn)).toEqual([0, 1, 2]);
  await torn.append(entry(4));
  await torn.close();
  const after = readFileSync(path);
  after[50] = (after[50] ?? 0) ^ 1;
  writeFileSync(path, after);
  const damaged = EventJournal.open(folder, 0);
  expect(damaged.notices).toEqual([{ path, bytes: size, kind: 'damaged' }]);
  expect(held(damaged)).toEqual([3, 4]);
  await damaged.close();
});

test('numbers that a reader has seen are not given out again, even if the journal is gone', async () => {
  const journal = EventJournal.open(folder, 70);
  await journal.append(entry(1));
  expect(held(journal)).toEqual([70, 71]);
  await journal.close();
});

test('a full disk refuses entries, and takes them again when there is room', async () => {
  const journal = EventJournal.open(folder, 0);
  const path = segmentPath(journal.folder, 0);
  symlinkSync('/dev/full', path);
  await expect(journal.append(entry(1))).rejects.toMatchObject({ code: 'store.disk_full' });
  rmSync(path);
  await journal.append(entry(2));
  expect(held(journal)).toEqual([2, 3]);
  await journal.close();
});

test('a segment is closed when it is large, and reading goes through all of them', async () => {
  const journal = EventJournal.open(folder, 0);
  const large = (): JournalEntry => {
    const batch = batchOf([1]);
    const [rejected] = batch.rejected;
    if (rejected === undefined) throw new Error('nothing refused');
    return { batch: { ...batch, rejected: [{ ...rejected, bytes: new Uint8Array(40 << 20) }] }, rows: 2, arrival: 7 };
  };
  for (let i = 0; i < 3; i += 1) await journal.append(large());
  expect(segmentsOf(journal.folder).map(({ first }) => first)).toEqual([0, 4]);
  expect(held(journal)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(held(journal, 4)).toEqual([4, 5]);
  await journal.close();
});

test('rows that neither the journal nor its reader has are told', async () => {
  const journal = EventJournal.open(folder, 20);
  await journal.append(entry(1));
  await journal.close();
  for (const [known, missing] of [
    [20, []],
    [7, [{ kind: 'missing', first: 7, next: 20 }]],
  ] as const) {
    const again = EventJournal.open(folder, known);
    expect(again.notices).toEqual(missing);
    await again.close();
  }
});
