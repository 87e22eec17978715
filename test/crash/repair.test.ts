import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type CrashPoint, REPAIR_CRASH_POINTS } from '../../src/engine/crash-point.ts';
import { differences, expectedTables } from '../engine/differences.ts';
import { TestShop } from '../engine/test-shop.ts';
import { fileOf } from './repair-victim.ts';

const VICTIM = fileURLToPath(new URL('./repair-victim.ts', import.meta.url));
const seed = Number(process.env['FOOTFALL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Runs a victim; returns by what it ended, and what it complained of. */
async function run(folder: string, closing: string, at?: string): Promise<readonly [unknown, string]> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16', ...(at === undefined ? {} : { FOOTFALL_CRASH_AT: at }) };
  const child = spawn(process.execPath, [VICTIM, folder, String(seed), closing], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return [signal ?? code, errors];
}

/** One after the other on the way: each run begins where the one before it died. */
const POINTS: readonly CrashPoint[] = [
  'repair.rows_kept',
  'fact.written',
  'repair.rows_written',
  'fact.applied',
  'withdraw.rows_deleted',
  'restate.before_commit',
  'restate.committed',
];

test.each(['open', 'end'])(
  `killed at every point of a repair and back, rows closed: %s, FOOTFALL_SEED=${seed}`,
  {
    timeout: 240_000,
  },
  async (closing) => {
    expect(REPAIR_CRASH_POINTS.filter((point) => !POINTS.includes(point))).toEqual([]);
    const { stream, file } = fileOf(seed);
    const folder = mkdtempSync(join(tmpdir(), 'footfall-crash-repair-'));
    folders.push(folder);
    for (const point of POINTS)
      expect([point, ...(await run(folder, closing, `${point}@1`))]).toEqual([point, 'SIGKILL', '']);
    expect(await run(folder, closing)).toEqual([0, '']);
    const shop = await TestShop.at(folder, { zone: stream.settings.zone });
    expect(differences(expectedTables(file.all, {}, stream.settings), await shop.tables())).toEqual([]);
    expect(await shop.verify()).toMatchObject({ equal: true, waiting: 0 });
    expect(shop.shop.ingest.events).toBe(file.all.length);
    expect(shop.shop.facts.read().map(({ kind }) => kind)).toEqual(['repair', 'repair-undone', 'repair']);
    await shop.leave();
  },
);
