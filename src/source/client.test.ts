import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startParseWorker } from './client.ts';
import type { PartitionState } from './file/partition-state.ts';
import type { Vocabulary } from './shape/vocabulary.ts';

const VOCABULARY: Vocabulary = {
  name: 'canonical',
  label: 'canonical',
  requires: ['event_time', 'event_type'],
  fields: { event_time: 'event_time', event_type: 'event_type', user_id: 'user_id' },
};
let folder = '';
let path = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-'));
  path = join(folder, 'a.csv');
  const rows = Array.from({ length: 5000 }, (_, i) => `2019-10-01 00:00:00 UTC,view,${i}`);
  await writeFile(path, `event_time,event_type,user_id\n${rows.join('\n')}\n2019-10-01 00:00:00 UTC,,1\n`);
});
afterAll(() => rm(folder, { recursive: true }));

test('batches come in order from the worker, with progress', async () => {
  const worker = await startParseWorker({ paths: [path], vocabularies: [VOCABULARY], batchEvents: 300 });
  expect(worker.recognised.map(({ mapping }) => mapping.shape)).toEqual(['canonical']);
  const users: string[] = [];
  for await (const batch of worker) {
    const column = batch.columns['user_id'];
    if (column?.kind !== 'int64') continue;
    users.push(...new BigInt64Array(column.data.buffer, column.data.byteOffset, batch.count).values().map(String));
  }
  expect(users).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  expect(worker.progress()).toMatchObject({ events: 5000, rejected: 1 });
  expect(worker.progress().bytes).toBe(worker.progress().totalBytes);
});

test('leaving the loop stops the worker; the last state taken is where the next one goes on', async () => {
  let resume: PartitionState[] = [];
  for await (const batch of await startParseWorker({ paths: [path], vocabularies: [VOCABULARY], batchEvents: 300 })) {
    resume = batch.partitions as PartitionState[];
    break;
  }
  let rest = 0;
  for await (const batch of await startParseWorker({
    paths: [path],
    vocabularies: [VOCABULARY],
    batchEvents: 300,
    resume,
  }))
    rest += batch.count;
  expect(rest).toBe(4700);
});

test('what goes wrong in the worker has its code here', async () => {
  const options = { vocabularies: [VOCABULARY], batchEvents: 300 };
  await expect(startParseWorker({ ...options, paths: [join(folder, 'none.csv')] })).rejects.toMatchObject({
    code: 'source.missing',
  });
});
