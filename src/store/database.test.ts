import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Database } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (name: string) => Database.open({ path: join(folder, name), memoryLimit: '200MB', threads: 2 });

/** Takes minutes, and says nothing meanwhile. */
const ENDLESS = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7919 = 3';

test('closing interrupts readers, lets writers finish, and refuses what comes after', async () => {
  const database = await open('a');
  const [reader, streaming] = [await database.connect(), await database.connect()];
  const read = expect(reader.rows(ENDLESS)).rejects.toThrow(/interrupt/i);
  const streamed = expect(
    (async () => {
      for await (const block of streaming.jsonBlocks(ENDLESS)) expect(block).toBeDefined();
    })(),
  ).rejects.toThrow(/interrupt/i);
  const written = database.betweenBatches(() =>
    database.transaction(async () => {
      await database.run('CREATE TABLE t AS SELECT count(*) AS n FROM range(5000) a, range(5000) b');
      await database.run('INSERT INTO t VALUES (1)');
    }),
  );
  await database.close();
  await Promise.all([read, streamed, written]);
  await expect(database.run('SELECT 1')).rejects.toThrow('the connection is closed');
  const again = await open('a');
  expect(await again.rows('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 25_000_000 }]);
  await again.close();
});

test('closing may come at any moment of a statement', async () => {
  for (let round = 0; round < 30; round++) {
    const database = await open('b');
    const session = await database.connect();
    const asked = session.rows(ENDLESS).catch(() => undefined);
    const own = database.rows('SELECT count(*) FROM range(100000)').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, round % 3));
    await database.close();
    await Promise.all([asked, own]);
  }
});
