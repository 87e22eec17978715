import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followLog, readLog } from './read-log.ts';
import { logFile, RotatingFile } from './rotating-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (i: number): string =>
  `${JSON.stringify({ time: '2026-11-21T10:00:00.000Z', level: 'info', msg: `é ${i}`, i })}\n`;

test('lines are read over all files, the oldest first; what is none is left out', () => {
  expect([...readLog(folder)]).toEqual([]);
  const file = new RotatingFile(folder, { bytes: 200, files: 10 });
  for (let i = 0; i < 20; i += 1) file.write(i === 7 ? 'cut off {"time\n' : line(i));
  file.close();
  expect([...readLog(folder)].map(({ i }) => i)).toEqual([...Array(20).keys()].filter((i) => i !== 7));
});

test('whoever follows a log is told each line once, whether or not the file begins anew', async () => {
  const over = new AbortController();
  const heard: unknown[] = [];
  const following = (async () => {
    for await (const { i } of followLog(folder, over.signal)) heard.push(i);
  })();
  const file = new RotatingFile(folder, { bytes: 300, files: 100 });
  for (let i = 0; i < 12; i += 1) {
    file.write(line(i));
    if (i % 3 === 2) await expect.poll(() => heard.length, { timeout: 5_000 }).toBe(i + 1);
  }
  writeFileSync(logFile(folder, 0), line(12).slice(0, 20), { flag: 'a' });
  writeFileSync(logFile(folder, 0), line(12).slice(20), { flag: 'a' });
  await expect.poll(() => heard.length, { timeout: 5_000 }).toBe(13);
  over.abort();
  await following;
  file.close();
  expect(heard).toEqual([...Array(13).keys()]);
});
