import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { vocabularies } from '../../shop/vocabularies/vocabularies.ts';
import { type BatchRow, batchRows } from '../../src/source/columns/batch-rows.ts';
import { openFileSource } from '../../src/source/file/file-source.ts';
import { generate } from '../../src/source/generator/generate.ts';
import { MemorySink } from '../../src/source/generator/memory-sink.ts';
import { SHAPES } from '../../src/source/generator/options.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shapes-'));
});
afterAll(() => rm(folder, { recursive: true }));

const units = (money: string): bigint => {
  const [whole = '0', decimals = ''] = money.split('.');
  return BigInt(`${whole}${decimals.padEnd(4, '0')}`);
};

test.each(SHAPES)('generated %s is recognised, and read as its manifest says', async (shape) => {
  const sink = new MemorySink();
  const manifest = await generate({ shape, events: 20_000, seed: 11, broken: 0.01, duplicates: 0.01 }, sink);
  const paths: string[] = [];
  for (const { file } of manifest.files) {
    paths.push(join(folder, `${shape}-${file}`));
    await writeFile(paths.at(-1) as string, sink.bytes(file));
  }
  const source = await openFileSource({ paths, vocabularies });
  const symbols: string[] = [];
  const rows: BatchRow[] = [];
  const refused: Record<string, number> = {};
  for (let batch = await source.nextBatch(3000); batch !== null; batch = await source.nextBatch(3000)) {
    rows.push(...batchRows(batch, symbols));
    for (const { code } of batch.rejected) refused[code] = (refused[code] ?? 0) + 1;
  }
  await source.close();
  expect(refused).toEqual(manifest.planted.broken.by_code);
  const seen = new Set<string>();
  const distinct = rows.filter(({ event_id }) => event_id === undefined || (!seen.has(event_id) && seen.add(event_id)));
  expect(distinct.length).toBe(manifest.totals.events);
  const types: Record<string, number> = {};
  for (const { event_type = '' } of distinct) types[event_type] = (types[event_type] ?? 0) + 1;
  expect(types).toEqual(manifest.totals.by_type);
  const revenue = distinct
    .filter(({ event_type }) => event_type === 'purchase')
    .reduce((sum, { amount = '0' }) => sum + BigInt(amount), 0n);
  expect(revenue).toBe(units(manifest.totals.revenue));
  expect(new Set(distinct.flatMap(({ user_id }) => user_id ?? [])).size).toBe(manifest.totals.users);
  expect(new Set(distinct.flatMap(({ product_id }) => product_id ?? [])).size).toBe(manifest.totals.products);
});
