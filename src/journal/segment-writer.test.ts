import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { encodeRecord } from './record.ts';
import { scanSegment, segmentsOf } from './segment.ts';
import { SEGMENT_FILES, type SegmentFiles } from './segment-files.ts';
import { SegmentWriter } from './segment-writer.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-writer-'));
  folders.push(folder);
  return folder;
}

/** What goes wrong with one group of records. */
type Fault = 'none' | 'open' | 'full' | 'half' | 'sync' | 'sync and cut' | 'full and cut';
const FAULTS: readonly Fault[] = ['none', 'open', 'full', 'half', 'sync', 'sync and cut', 'full and cut'];

const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

/** The real file system, with a fault at a time. Whoever syncs a file again whose sync has failed is told a lie: it worked. */
class FailingFiles implements SegmentFiles {
  fault: Fault = 'none';
  /** Files whose sync failed. */
  readonly spoiled = new Set<number>();
  syncedAgain = 0;

  open(path: string, fresh: boolean): number {
    if (this.fault === 'open') throw failure('EIO');
    const file = SEGMENT_FILES.open(path, fresh);
    this.spoiled.delete(file);
    return file;
  }

  write(file: number, parts: readonly Uint8Array[], at: number): number {
    const [first] = parts as readonly [Uint8Array];
    if (this.fault === 'half') {
      // Some of it is written, as a disk does that is nearly full; then nothing more.
      this.fault = 'full';
      return SEGMENT_FILES.write(file, [first.subarray(0, Math.ceil(first.length / 2))], at);
    }
    if (this.fault === 'full' || this.fault === 'full and cut') throw failure('ENOSPC');
    return SEGMENT_FILES.write(file, parts, at);
  }

  sync(file: number): void {
    if (this.spoiled.has(file)) {
      this.syncedAgain += 1;
      return;
    }
    if (this.fault === 'sync' || this.fault === 'sync and cut') {
      this.spoiled.add(file);
      throw failure('EIO');
    }
    SEGMENT_FILES.sync(file);
  }

  truncate(file: number, size: number): void {
    if (this.fault.endsWith('and cut')) throw failure('EIO');
    SEGMENT_FILES.truncate(file, size);
  }

  close(file: number): void {
    SEGMENT_FILES.close(file);
  }
}

/** Numbers of the first rows of all whole records of a folder, segment by segment. */
const found = (folder: string): readonly number[] =>
  segmentsOf(folder).flatMap(({ path }) => scanSegment(readFileSync(path)).records.map(({ header }) => header.first));

test('whatever fails, what was acknowledged is found, once and in order, and what was refused only where it could not be cut off', () => {
  const groups = fc.array(
    fc.record({ records: fc.integer({ min: 1, max: 3 }), size: fc.nat(200), fault: fc.constantFrom(...FAULTS) }),
    { minLength: 1, maxLength: 12 },
  );
  let refusals = 0;
  fc.assert(
    fc.property(groups, fc.integer({ min: 100, max: 2000 }), (all, most) => {
      const folder = scratch();
      const files = new FailingFiles();
      const writer = new SegmentWriter(folder, files, most);
      const acknowledged: number[] = [];
      const refused: number[] = [];
      let next = 0;
      for (const { records, size, fault } of all) {
        const group = Array.from({ length: records }, () => {
          const first = next++;
          return {
            first,
            bytes: encodeRecord({ rows: 1, first, arrival: 1, answer: false }, Buffer.alloc(size, first)),
          };
        });
        const numbers = group.map(({ first }) => first);
        files.fault = fault;
        try {
          writer.write(group);
          acknowledged.push(...numbers);
        } catch {
          if (fault.endsWith('and cut')) refused.push(...numbers);
          refusals += 1;
        }
      }
      writer.close();
      const there = found(folder);
      expect(there.filter((each) => !refused.includes(each))).toEqual(acknowledged);
      expect(there).toEqual([...new Set(there)].sort((a, b) => a - b));
      expect(files.syncedAgain).toBe(0);
    }),
    { numRuns: 100 },
  );
  expect(refusals).toBeGreaterThan(0);
});

test('a writer heals by itself: what fails once is no failure of the next', () => {
  for (const fault of FAULTS) {
    const folder = scratch();
    const files = new FailingFiles();
    const writer = new SegmentWriter(folder, files);
    const record = (first: number) => ({
      first,
      bytes: encodeRecord({ rows: 1, first, arrival: 1, answer: false }, Buffer.from(String(first))),
    });
    writer.write([record(0)]);
    files.fault = fault;
    if (fault === 'open') writer.close();
    if (fault === 'none') writer.write([record(1)]);
    else expect(() => writer.write([record(1)]), fault).toThrow('injected');
    files.fault = 'none';
    writer.write([record(2)]);
    writer.close();
    expect(found(folder).filter((each) => each !== 1)).toEqual([0, 2]);
  }
});

test('after a rotation the segments that there are stay as they are', () => {
  const folder = scratch();
  const writer = new SegmentWriter(folder);
  const record = (first: number) => ({
    first,
    bytes: encodeRecord({ rows: 1, first, arrival: 1, answer: false }, Buffer.from(String(first))),
  });
  writer.rotate();
  writer.write([record(0), record(1)]);
  writer.rotate();
  writer.rotate();
  writer.write([record(2)]);
  writer.close();
  expect(segmentsOf(folder).map(({ first }) => first)).toEqual([0, 2]);
  expect(found(folder)).toEqual([0, 1, 2]);
});
