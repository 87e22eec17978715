import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LAKE_CRASH_POINTS } from '../../src/engine/crash-point.ts';
import { NOW, TestShop } from '../engine/test-shop.ts';

const VICTIM = fileURLToPath(new URL('./lake-victim.ts', import.meta.url));

async function run(folder: string, round: number, at?: string): Promise<readonly [unknown, string]> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16', ...(at === undefined ? {} : { FOOTFALL_CRASH_AT: at }) };
  const child = spawn(process.execPath, [VICTIM, folder, String(round)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return [signal ?? code, errors];
}

test('killed at any point on the way into the lake, it holds each event once in the end, and no file that nobody names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-lake-'));
  try {
    const shop = await TestShop.at(folder);
    await shop.leave();
    let round = 0;
    for (const point of LAKE_CRASH_POINTS)
      for (const pass of point === 'lake.manifest_written' ? [1, 2] : [1])
        expect([point, ...(await run(folder, round++, `${point}@${pass}`))]).toEqual([point, 'SIGKILL', '']);
    expect(await run(folder, round)).toEqual([0, '']);
    const before = await TestShop.at(folder);
    const lake = await before.openLake({ mostFiles: 1 });
    await lake.write(NOW);
    const ids = (await before.tables()).enriched_events.map(({ event_id: id }) => String(id)).sort();
    const named = lake.manifest.files.map(({ path }) => path).sort();
    await before.leave();
    expect(ids.length).toBeGreaterThan(18);
    expect(lake.manifest.files.map(({ day }) => day).sort()).toEqual(['2020-01-01', '2020-01-02']);
    expect(lake.manifest.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(ids.length);
    const there = readdirSync(lake.folder, { recursive: true, encoding: 'utf8' });
    expect(there.filter((name) => name.includes('.parquet')).sort()).toEqual(named);

    for (const name of ['footfall.duckdb', 'footfall.duckdb.wal', 'control.db'])
      rmSync(join(folder, name), { force: true });
    const again = await TestShop.at(folder);
    expect(await again.takeInLake()).toMatchObject({ events: ids.length, damaged: [] });
    expect((await again.tables()).enriched_events.map(({ event_id: id }) => String(id)).sort()).toEqual(ids);
    await again.leave();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
