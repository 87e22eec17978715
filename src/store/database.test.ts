import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

/** Fails while any connection or answer of this process keeps the file. */
function openElsewhere(name: string): void {
  const text = `const { DuckDBInstance } = await import('@duckdb/node-api'); await DuckDBInstance.create(process.argv[1]); process.exit(0)`;
  execFileSync(process.execPath, ['--input-type=module', '-e', text, join(folder, name)], { stdio: 'pipe' });
}

const MANY = 'SELECT range AS n FROM range(3000000)';
const LEFT: Readonly<Record<string, (database: Database) => Promise<unknown>>> = {
  'after its first block': async (database) => {
    for await (const _ of database.jsonBlocks(MANY)) break;
  },
  'of whole columns': async (database) => {
    for await (const _ of database.uint32Blocks('SELECT range::UINTEGER FROM range(3000000)')) break;
  },
  'before its first block, in a transaction': (database) =>
    database.transaction(async () => {
      await database.stream(MANY);
    }),
  'by an error, in a transaction': (database) =>
    database
      .transaction(async () => {
        const { blocks } = await database.stream(MANY);
        for await (const _ of blocks) throw new Error('enough');
      })
      .catch(() => undefined),
  'in the middle, until the end': async (database) => {
    const session = await database.connect();
    const { blocks } = await session.stream(MANY);
    return (blocks as AsyncGenerator<unknown>).next();
  },
};

test.each(Object.keys(LEFT))('an answer left %s keeps neither connection nor file', async (how) => {
  const database = await open(`left ${how}`);
  const kept = await LEFT[how]?.(database);
  expect(await database.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  await database.close();
  openElsewhere(`left ${how}`);
  expect(kept).not.toBe(database);
});

test('whoever connects while it is being closed is refused, or closed with it', async () => {
  const database = await open('race');
  const early = [database.connect(), database.connect()];
  const closed = database.close();
  await expect(database.connect()).rejects.toMatchObject({ code: 'store.interrupted' });
  const sessions = await Promise.all(early);
  await Promise.all([closed, database.close()]);
  for (const session of sessions) await expect(session.rows('SELECT 1')).rejects.toThrow('the connection is closed');
  openElsewhere('race');
});

test('of two who open a file at once one has it, and it can be opened when it failed', async () => {
  const opened = await Promise.allSettled([open('twice'), open('twice')]);
  expect(opened.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  for (const each of opened) if (each.status === 'fulfilled') await each.value.close();
  writeFileSync(join(folder, 'damaged'), Buffer.alloc(20_000, 1));
  for (let i = 0; i < 2; i++) await expect(open('damaged')).rejects.toMatchObject({ code: 'store.corrupt' });
});

test('a database goes on in a new file under its readers; what lasts too long is cut off', async () => {
  const database = await open('rewritten');
  await database.run('CREATE TABLE t AS SELECT 1 AS n');
  const [quick, slow, idle] = [await database.connect(), await database.connect(), await database.connect()];
  await quick.run('CREATE TEMP TABLE mine AS SELECT 1 AS n');
  const before = quick.connections;
  const cutOff = expect(slow.transaction(() => slow.rows(ENDLESS))).rejects.toThrow(/interrupt/i);
  let left = (): void => undefined;
  const leaving = new Promise<void>((resolve) => {
    left = resolve;
  });
  // A transaction whose reader does nothing for long: its next statement has no connection to go on with.
  const idled = expect(
    idle.transaction(async () => {
      await idle.rows('FROM t');
      await leaving;
      return idle.rows('FROM t');
    }),
  ).rejects.toMatchObject({ code: 'store.interrupted' });
  const inode = statSync(database.path).ino;
  const steps: string[] = [];
  const rewriting = database.exclusively(() => database.rewrite((step) => void steps.push(step)));
  const asked = quick.rows('SELECT min(n) AS n FROM t');
  const writing = database.betweenBatches(() => database.run('INSERT INTO t VALUES (2)'));
  await rewriting;
  left();
  await Promise.all([cutOff, idled, writing]);
  expect(await asked).toEqual([{ n: 1 }]);
  expect(steps).toEqual(['copied', 'swapped']);
  expect(statSync(database.path).ino).not.toBe(inode);
  expect(quick.connections).toBe(before + 1);
  await expect(quick.rows('FROM mine')).rejects.toThrow(/mine/);
  for (const session of [database, database.beside, quick, slow, idle])
    expect(await session.rows('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  await slow.transaction(() => slow.rows('FROM t'));
  await database.close();
  const again = await open('rewritten');
  expect(await again.rows('SELECT sum(n)::INTEGER AS n FROM t')).toEqual([{ n: 3 }]);
  await again.close();
});

/** Puts a folder in the place of a file: it cannot be opened, nor made anew. @returns puts the file back */
function inTheWay(path: string): () => void {
  renameSync(path, `${path}.kept`);
  mkdirSync(path);
  return () => {
    rmdirSync(path);
    renameSync(`${path}.kept`, path);
  };
}

test('a file that cannot be opened for a moment after it was written anew is opened again', async () => {
  const database = await open('moment');
  await database.run('CREATE TABLE t AS SELECT 1 AS n');
  const reader = await database.connect();
  const rewriting = database.exclusively(() =>
    database.rewrite((step) => {
      if (step === 'swapped') setTimeout(inTheWay(database.path), 300);
    }),
  );
  await rewriting;
  for (const session of [database, database.beside, reader])
    expect(await session.rows('SELECT n FROM t')).toEqual([{ n: 1 }]);
  await database.close();
});

test('where a file that was written anew cannot be opened, all that waits and all that comes fails, and it can be closed', async () => {
  const database = await open('lost');
  await database.run('CREATE TABLE t AS SELECT 1 AS n');
  const reader = await database.connect();
  let putBack = (): void => undefined;
  const asked: Promise<unknown>[] = [];
  const rewriting = database.exclusively(() =>
    database.rewrite((step) => {
      if (step !== 'swapped') return;
      putBack = inTheWay(database.path);
      for (const session of [reader, database.beside]) asked.push(session.rows('FROM t'));
      asked.push(database.connect());
      for (const each of asked) each.catch(() => undefined);
    }),
  );
  await expect(rewriting).rejects.toMatchObject({ code: 'store.lost' });
  expect(asked).toHaveLength(3);
  for (const each of asked) await expect(each).rejects.toMatchObject({ code: 'store.lost' });
  await expect(database.run('FROM t')).rejects.toMatchObject({ code: 'store.lost' });
  await expect(database.connect()).rejects.toMatchObject({ code: 'store.lost' });
  expect(await database.lost).toMatchObject({ code: 'store.lost' });
  await database.disconnect(reader);
  await database.close();
  putBack();
  const again = await open('lost');
  expect(await again.rows('SELECT n FROM t')).toEqual([{ n: 1 }]);
  await again.close();
}, 20_000);

test('where the copy cannot take its place, the former file goes on', async () => {
  const database = await open('former');
  await database.run('CREATE TABLE t AS SELECT 1 AS n');
  const rewriting = database.exclusively(() =>
    database.rewrite((step) => {
      if (step === 'copied') rmSync(`${database.path}.new`);
    }),
  );
  await expect(rewriting).rejects.toMatchObject({ code: 'ENOENT' });
  await database.run('INSERT INTO t VALUES (2)');
  expect(await database.rows('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  await database.close();
}, 20_000);
