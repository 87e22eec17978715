import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventBatch } from '../../core/batch.ts';
import { type BatchRow, batchRows } from '../columns/batch-rows.ts';
import type { Vocabulary } from '../shape/vocabulary.ts';
import { type FileSource, type FileSourceOptions, openFileSource } from './file-source.ts';
import type { PartitionState } from './partition-state.ts';

const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
const VOCABULARY: Vocabulary = {
  name: 'rees46',
  label: 'REES46',
  requires: HEADER.split(','),
  fields: {
    ...Object.fromEntries(HEADER.split(',').map((name) => [name, name as 'brand'])),
    user_session: 'session_id',
  },
  types: { cart: 'cart_add' },
};
const PLAIN: Vocabulary = {
  name: 'canonical',
  label: 'canonical',
  requires: ['event_time', 'event_type'],
  fields: {
    event_id: 'event_id',
    event_time: 'event_time',
    event_type: 'event_type',
    user_id: 'user_id',
    price: 'price',
  },
};
const row = (i: number, day = 1): string => {
  const clock = new Date(Date.UTC(2019, 9, day) + i * 61_000).toISOString().slice(0, 19).replace('T', ' ');
  return `${clock} UTC,${i % 7 === 0 ? 'cart' : 'view'},${1000 + (i % 13)},20${i % 5},${i % 3 === 0 ? '' : `cat.${i % 5}`},${i % 4 === 0 ? `"a ""b""\n${i}"` : 'lg'},${i}.5,${500 + i},72d76fde-8bb3-4e00-8c23-a032dfed7${String(100 + (i % 50))}`;
};
const csvOf = (from: number, to: number, day = 1): string =>
  `${[HEADER, ...Array.from({ length: to - from }, (_, i) => row(from + i, day))].join('\n')}\n`;

let folder = '';
const open: FileSource[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((source) => source.close()));
  await rm(folder, { recursive: true });
});

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const sourceOf = async (paths: string[], options: Partial<FileSourceOptions> = {}): Promise<FileSource> => {
  const source = await openFileSource({ paths, vocabularies: [VOCABULARY, PLAIN], ...options });
  open.push(source);
  return source;
};
const readAll = async (source: FileSource, size = 1000): Promise<{ rows: BatchRow[]; batches: EventBatch[] }> => {
  const symbols: string[] = [];
  const rows: BatchRow[] = [];
  const batches: EventBatch[] = [];
  for (let batch = await source.nextBatch(size); batch !== null; batch = await source.nextBatch(size)) {
    rows.push(...batchRows(batch, symbols));
    batches.push(batch);
  }
  return { rows, batches };
};
const rowsOf = async (...paths: string[]): Promise<BatchRow[]> => (await readAll(await sourceOf(paths))).rows;

describe('a file', () => {
  test('is the same events plain, packed, converted and by standard input', async () => {
    const text = csvOf(0, 900);
    const plain = await file('a.csv', text);
    const rows = await rowsOf(plain);
    expect(rows.length).toBe(900);
    const bom = await file('bom.csv', `\ufeff${text.replaceAll('\n', '\r\n').replaceAll(/"\r\n/g, '"\r\n')}`);
    expect((await rowsOf(bom)).map(({ brand, ...rest }) => rest)).toEqual(rows.map(({ brand, ...rest }) => rest));
    expect(await rowsOf(await file('a.csv.gz', gzipSync(text)))).toEqual(rows);
    expect(
      await rowsOf(
        await file('two-members', Buffer.concat([gzipSync(text.slice(0, 5000)), gzipSync(text.slice(5000))])),
      ),
    ).toEqual(rows);
    expect(await rowsOf(await file('wrongly-named.parquet', zstdCompressSync(text)))).toEqual(rows);
    const parquet = join(folder, 'a.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (FROM read_csv('${plain}', all_varchar = true)) TO '${parquet}' (FORMAT parquet)`);
    expect(await rowsOf(parquet)).toEqual(rows);
    const typed = join(folder, 'typed.parquet');
    await connection.run(
      `COPY (SELECT strptime(event_time, '%Y-%m-%d %H:%M:%S UTC') event_time, * EXCLUDE (event_time, price), price::DOUBLE price FROM read_csv('${plain}', all_varchar = true)) TO '${typed}' (FORMAT parquet)`,
    );
    expect(await rowsOf(typed)).toEqual(rows);
  });

  test('is known by its content, whatever it is called and however it is packed', async () => {
    const text = csvOf(0, 50);
    const source = await sourceOf([
      await file('a.csv', text),
      await file('b.csv.gz', gzipSync(text)),
      await file('empty.csv', ''),
    ]);
    expect(source.notices.map(({ kind }) => kind)).toEqual(['same-content', 'empty']);
    expect((await readAll(source)).rows.length).toBe(50);
    const again = await sourceOf([join(folder, 'b.csv.gz')], { resume: source.partitions });
    expect((await readAll(again)).rows).toEqual([]);
  });

  test('goes on wherever it stopped, with nothing lost or doubled, packed or not', async () => {
    const text = csvOf(0, 300);
    for (const path of [await file('a.csv', text), await file('a.csv.gz', gzipSync(text))]) {
      const all = await rowsOf(path);
      const rows: BatchRow[] = [];
      let resume: readonly PartitionState[] = [];
      for (;;) {
        const source = await sourceOf([path], { resume });
        const batch = await source.nextBatch(17);
        if (batch === null || batch.count === 0) break;
        rows.push(...batchRows(batch, []));
        resume = batch.partitions as PartitionState[];
        await source.close();
      }
      expect(rows).toEqual(all);
    }
  });

  test('that is converted goes on at its row', async () => {
    const path = join(folder, 'a.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      `COPY (FROM read_csv('${await file('a.csv', csvOf(0, 40))}', all_varchar = true)) TO '${path}' (FORMAT parquet)`,
    );
    const first = await (await sourceOf([path])).nextBatch(15);
    expect(first?.partitions[0]?.position).toBe(15);
    const second = await readAll(await sourceOf([path], { resume: first?.partitions as PartitionState[] }));
    expect([...batchRows(first as EventBatch, []), ...second.rows]).toEqual(await rowsOf(path));
    expect([...(second.batches[0] as EventBatch).position].slice(0, 2)).toEqual([15, 16]);
  });

  test('that has grown goes on; one that has changed is refused', async () => {
    const path = await file('a.csv', csvOf(0, 20));
    const source = await sourceOf([path]);
    await readAll(source);
    await appendFile(path, `${row(20)}\n${row(21)}\n`);
    const grown = await sourceOf([path], { resume: source.partitions });
    expect((await readAll(grown)).rows.length).toBe(2);
    expect(grown.partitions[0]?.partition).toBe(source.partitions[0]?.partition);
    await writeFile(path, csvOf(5, 30));
    await expect(sourceOf([path], { resume: source.partitions })).rejects.toMatchObject({ code: 'source.changed' });
    const long = csvOf(0, 2000);
    await writeFile(path, long);
    const read = await sourceOf([path]);
    await readAll(read);
    await writeFile(path, `${long.slice(0, -30)}${long.slice(-30).replaceAll('7', '8')}`);
    await expect(sourceOf([path], { resume: read.partitions })).rejects.toMatchObject({ code: 'source.changed' });
    await writeFile(path, long.slice(0, 100_000));
    await expect(sourceOf([path], { resume: read.partitions })).rejects.toMatchObject({ code: 'source.changed' });
  });

  test('with a cut last row reports it once, and takes it when it is whole', async () => {
    const path = await file('a.csv', csvOf(0, 4) + row(5).slice(0, 40));
    const first = await sourceOf([path]);
    const { batches } = await readAll(first);
    expect(batches.flatMap(({ rejected }) => rejected.map(({ code }) => code))).toEqual(['event.truncated']);
    const second = await sourceOf([path], { resume: first.partitions });
    expect((await readAll(second)).batches.flatMap(({ rejected }) => rejected)).toEqual([]);
    await appendFile(path, `${row(5).slice(40)}\n`);
    const third = await readAll(await sourceOf([path], { resume: second.partitions }));
    expect([third.rows.length, third.rows[0]?.['user_id'], third.batches.flatMap(({ rejected }) => rejected)]).toEqual([
      1,
      '505',
      [],
    ]);
  });

  test('that cannot be read says why', async () => {
    const path = await file('x.csv', 'a,b,c\n1,2,3\n');
    await expect(sourceOf([path])).rejects.toMatchObject({ code: 'source.columns_unknown' });
    await expect(sourceOf([join(folder, 'none.csv')])).rejects.toMatchObject({ code: 'source.missing' });
    await expect(sourceOf([join(folder, '*.nothing')])).rejects.toMatchObject({ code: 'source.empty_glob' });
    await expect(sourceOf([folder])).rejects.toMatchObject({ code: 'source.io' });
    await expect(sourceOf([await file('x.json', '[{"event_time":1}]')])).rejects.toMatchObject({
      code: 'source.format',
    });
    await expect(sourceOf([await file('x.parquet', 'PAR1 and nothing more')])).rejects.toMatchObject({
      code: 'source.format',
    });
    const broken = gzipSync(csvOf(0, 5000));
    const source = await sourceOf([await file('x.gz', broken.subarray(0, broken.length - 100))]).catch(
      (error: unknown) => error,
    );
    const outcome =
      source instanceof Error ? source : await readAll(source as FileSource).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 'source.compression' });
  });

  test('with other names is read by a mapping', async () => {
    const path = await file('x.csv', 'ts,what,who,more\n2019-10-01,view,u1,x\n');
    const source = await sourceOf([path], { map: { event_time: 'ts', event_type: 'what', user_id: 'who' } });
    expect(source.recognised[0]?.mapping.shape).toBe('mapped');
    expect((await readAll(source)).rows).toEqual([
      { event_time: '1569888000000000', event_type: 'view', user_id: 'u1', properties: '{"more":"x"}' },
    ]);
  });
});

test('a format that is named holds against what the beginning looks like', async () => {
  const line = '{"event_time":"2019-10-01T00:00:00Z","event_type":"view"}';
  const cut = await file('cut.ndjson', `19-10-01T00:00:00Z","event_type":"view"}\n${line}\n`);
  await expect(sourceOf([cut])).rejects.toThrow('its first line is no header');
  const { rows, batches } = await readAll(await sourceOf([cut], { format: 'ndjson' }));
  expect([rows.length, batches.flatMap(({ rejected }) => rejected).length]).toEqual([1, 1]);
  const braced = await file('braced.csv', '{x,event_time,event_type\n1,2019-10-01T00:00:00Z,view\n');
  expect((await readAll(await sourceOf([braced], { format: 'csv' }))).rows.length).toBe(1);
  await expect(sourceOf([braced], { format: 'parquet' })).rejects.toThrow('it does not begin as Parquet does');
  await expect(sourceOf([await file('p', 'PAR1')], { format: 'csv' })).rejects.toThrow('it is Parquet');
});

describe('several files', () => {
  test('are read lowest clock first, each from its own position', async () => {
    await file('late.csv', csvOf(0, 9000, 20));
    await file('early.csv', csvOf(0, 9000, 1));
    const source = await sourceOf([join(folder, '*.csv')]);
    const { rows, batches } = await readAll(source, 3000);
    expect(rows.length).toBe(18_000);
    const names = source.partitions.map(({ path }) => path.slice(folder.length + 1));
    expect(names).toEqual(['early.csv', 'late.csv']);
    for (const batch of batches.slice(1, -1)) {
      const [early, late] = batch.partitions;
      // The file ahead never runs more than one turn further than the file behind.
      if (early?.ended === false) expect((late?.position ?? 0) < 1_200_000).toBe(true);
    }
    expect(batches.at(-1)?.partitions.every(({ ended }) => ended)).toBe(true);
    const order = await rowsOf(join(folder, 'early.csv'));
    expect(rows.filter(({ event_time }) => Number(event_time) < 1_571_500_000_000_000).length).toBeGreaterThanOrEqual(
      order.length,
    );
  });

  test('of different shapes are one source', async () => {
    const json = `${JSON.stringify({ event_id: 'e1', event_time: '2019-10-01T00:00:00Z', event_type: 'view', user_id: 7 })}\n`;
    const rows = await rowsOf(await file('a.ndjson', json), await file('b.csv', csvOf(0, 3)));
    expect(rows.length).toBe(4);
    expect(rows.filter(({ event_id }) => event_id === 'e1')).toEqual([
      { event_id: 'e1', event_time: '1569888000000000', event_type: 'view', user_id: '7' },
    ]);
  });
});

describe('paces', () => {
  test('so many events a second', async () => {
    const source = await sourceOf([await file('a.csv', csvOf(0, 60))], {
      pace: { kind: 'rate', eventsPerSecond: 200 },
    });
    const started = performance.now();
    const { rows, batches } = await readAll(source);
    expect(rows.length).toBe(60);
    expect(performance.now() - started).toBeGreaterThan(250);
    expect(batches.length).toBeGreaterThan(2);
  });

  test('event time, faster', async () => {
    const source = await sourceOf([await file('a.csv', csvOf(0, 10))], { pace: { kind: 'time', factor: 1200 } });
    const started = performance.now();
    expect((await readAll(source)).rows.length).toBe(10);
    expect(performance.now() - started).toBeGreaterThan((9 * 61_000) / 1200 - 20);
  });

  test('waiting ends when it is told to', async () => {
    const source = await sourceOf([await file('a.csv', csvOf(0, 10))], { pace: { kind: 'time', factor: 1 } });
    const stop = new AbortController();
    expect((await source.nextBatch(10, stop.signal))?.count).toBe(1);
    setTimeout(() => stop.abort(), 20);
    await expect(source.nextBatch(10, stop.signal)).rejects.toThrow();
  });
});

test('standard input, packed or not', async () => {
  const script = `
    import { openFileSource } from ${JSON.stringify(new URL('./file-source.ts', import.meta.url).href)};
    const source = await openFileSource({ paths: ['-'], vocabularies: ${JSON.stringify([VOCABULARY])} });
    let events = 0;
    for (let b = await source.nextBatch(100); b !== null; b = await source.nextBatch(100)) events += b.count;
    console.log(events, source.partitions[0].position);`;
  for (const input of [csvOf(0, 2000), gzipSync(csvOf(0, 2000))]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(input);
    const said: Buffer[] = [];
    for await (const chunk of child.stdout) said.push(chunk as Buffer);
    expect(Buffer.concat(said).toString().trim()).toBe(`2000 ${csvOf(0, 2000).length}`);
  }
});

const SAMPLE = new URL('../../../../shared/data/rees46_first1000.csv', import.meta.url);
test.runIf(existsSync(SAMPLE))('a real file (did not run where it is missing)', async () => {
  const text = await readFile(SAMPLE, 'utf8');
  const { rows } = await readAll(await sourceOf([SAMPLE.pathname]), 97);
  const expected = text.trimEnd().split(/\r?\n/).slice(1);
  expect(rows.length).toBe(1000);
  expect(
    rows.map((values) =>
      [
        values['product_id'],
        values['category_id'],
        values['category_code'] ?? '',
        values['brand'] ?? '',
        values['user_id'],
        values['session_id'],
      ].join(','),
    ),
  ).toEqual(
    expected
      .map((line) => line.split(','))
      .map(([, , product, category, code, brand, , user, session]) =>
        [product, category, code, brand, user, session].join(','),
      ),
  );
});
