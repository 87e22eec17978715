import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFile, RotatingFile } from './rotating-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const LIMITS = { bytes: 100, files: 3 };
const read = (age: number): string => readFileSync(logFile(folder, age), 'utf8');

test('a file that has become large begins anew, whole lines each, and the oldest goes', () => {
  const file = new RotatingFile(folder, LIMITS);
  const lines = Array.from({ length: 30 }, (_, i) => `line ${String(i).padStart(3, '0')} ....\n`);
  for (const line of lines) file.write(line);
  file.close();
  const kept = [2, 1, 0].map(read);
  expect(lines.join('').endsWith(kept.join(''))).toBe(true);
  for (const text of kept) expect(text.length).toBeLessThanOrEqual(LIMITS.bytes);
  expect(kept[0]?.length).toBeGreaterThan(LIMITS.bytes / 2);
  expect(existsSync(logFile(folder, 3))).toBe(false);
  expect(statSync(logFile(folder, 0)).mode & 0o077).toBe(0);
});

test('it goes on with what is there, and a line longer than a file is written whole', () => {
  const first = new RotatingFile(folder, LIMITS);
  first.write('before\n');
  first.close();
  const second = new RotatingFile(folder, LIMITS);
  second.write('after\n');
  const long = `${'x'.repeat(150)}\n`;
  second.write(long);
  second.close();
  expect([read(1), read(0)]).toEqual(['before\nafter\n', long]);
});

test('lines that cannot be written are counted, and end nothing', () => {
  const file = new RotatingFile(folder, LIMITS);
  file.close();
  file.write('nowhere\n');
  expect(file.lost).toBe(1);
});
