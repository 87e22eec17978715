import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { writeBatchRow } from './batch-row.ts';
import { progressNote } from './progress.ts';
import { EMPTY_INGEST, type IngestState, loadIngestState, type StoredProgress } from './state.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-progress-'));
const database = await Database.open({ path: join(folder, 'a.duckdb'), memoryLimit: '200MB', threads: 1 });
await migrate(database);
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

/** The state after a batch in which these partitions were read on. */
function after(state: IngestState, read: readonly { readonly file: number; readonly by: number }[]): IngestState {
  const progress = new Map(state.progress);
  for (const { file, by } of read) {
    const partition = `p${file}`;
    const position = (progress.get(partition)?.position ?? 0) + by;
    progress.set(partition, { partition, position, clock: position, ended: false, load: null, note: { file } });
  }
  return { ...state, batch: state.batch + 1, progress };
}

test('whatever partitions a batch reads, a restart finds all of them where they stood', async () => {
  const batch = fc.array(fc.record({ file: fc.nat(20), by: fc.nat(2) }), { maxLength: 3 });
  for (const batches of fc.sample(fc.array(batch, { minLength: 250, maxLength: 600 }), { numRuns: 3, seed: 5 })) {
    await database.run('DELETE FROM batch');
    let state = EMPTY_INGEST;
    for (const [i, read] of batches.entries()) {
      const next = after(state, read);
      await writeBatchRow(database, next, state);
      state = next;
      if (i % 50 === 0 || i > batches.length - 3)
        expect((await loadIngestState(database)).progress).toEqual(state.progress);
    }
  }
});

test('a row grows with what its batch changed, not with the number of files', () => {
  const all = Array.from({ length: 1000 }, (_, file) => ({ file, by: 1 }));
  const before = after(EMPTY_INGEST, all);
  const next = after(before, [{ file: 7, by: 5 }]);
  const reread = new Map([...next.progress].map(([key, each]): [string, StoredProgress] => [key, { ...each }]));
  expect(progressNote(2, before.progress, reread)).toMatchObject({ whole: false, entries: [{ partition: 'p7' }] });
  expect(progressNote(2, before.progress, before.progress)).toEqual({ whole: false, entries: [] });
  expect(progressNote(257, before.progress, reread)).toMatchObject({ whole: true, entries: { length: 1000 } });
});

test('rows of before tell of all partitions', async () => {
  await database.run('DELETE FROM batch');
  const state = after(EMPTY_INGEST, [{ file: 1, by: 1 }]);
  await writeBatchRow(database, state, EMPTY_INGEST);
  await database.run('UPDATE batch SET batch = 77, whole = TRUE');
  const next = after({ ...state, batch: 77 }, [{ file: 2, by: 1 }]);
  await writeBatchRow(database, next, state);
  expect((await loadIngestState(database)).progress).toEqual(next.progress);
});
