import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { catalog } from '../../../shop/views/catalog.ts';
import { vocabularies } from '../../../shop/vocabularies/vocabularies.ts';
import { days, minutes } from '../../core/time.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import { startParseWorker } from '../../source/client.ts';
import { dataFolder } from '../data-folder.ts';
import { type OpenShop, openShop } from '../open-shop.ts';
import { replay } from '../replay.ts';
import { Imports } from './imports.ts';

const HEADER = 'event_time,event_type,product_id,user_id,session_id,price';
const OLD = `${HEADER}\n2019-10-01T10:00:00Z,view,p1,u1,s1,\n2019-10-02T10:00:00Z,view,p1,u1,s1,\n`;
const NEW = `${HEADER}\n2026-01-01T10:00:00Z,view,p1,u2,s2,\n2026-01-02T10:00:00Z,view,p1,u2,s2,\n`;

/** Moves the watermark, as events do that come in otherwise. */
async function takeIn(open: OpenShop, path: string): Promise<void> {
  const worker = await startParseWorker({ paths: [path], vocabularies, pace: { kind: 'fast' }, batchEvents: 1_000 });
  const signal = new AbortController().signal;
  await replay(open, { batches: worker, close: () => worker.stop() }, { close: false, signal });
}

test('a database that is made anew seals of an import what was sealed when it was first read', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-imports-'));
  const path = join(folder, 'new.csv');
  writeFileSync(path, NEW);
  const data = join(folder, 'data');
  const sealedNow = async (work: (open: OpenShop, imports: () => Imports) => Promise<void>): Promise<number[]> => {
    const settings = { zone: 'UTC', lateness: minutes(10), late: 'restate', history: days(90) } as const;
    const options = { folder: dataFolder(data), settings, views: catalog, memoryLimit: '500MB', threads: 1 };
    const open = await openShop(options, LIVE);
    const begun: Imports[] = [];
    await work(open, () => {
      const imports = new Imports(open, { quota: 1e9, columns: {} }, () => Date.now() * 1000);
      begun.push(imports);
      return imports;
    });
    // Those that are received are read to their end.
    for (const imports of begun) (await imports.hold())();
    const { events, sealed } = open.shop.ingest;
    for (const imports of begun) await imports.close();
    await open.close();
    return [events, sealed];
  };
  const old = (name: string, body: string) => ({
    name,
    body: Readable.from([Buffer.from(body)]),
    announced: null,
    map: {},
  });
  try {
    const first = await sealedNow(async (open, begin) => {
      const imports = begin();
      await imports.receive(old('first', OLD));
      (await imports.hold())();
      await takeIn(open, path);
      await imports.receive(old('sealed', OLD.replaceAll(',\n', ',,y\n').replace(HEADER, `${HEADER},x`)));
    });
    expect(first).toEqual([4, 2]);
    for (const file of ['footfall.duckdb', 'footfall.duckdb.wal']) rmSync(join(data, file), { force: true });
    const again = await sealedNow(async (open, begin) => {
      await takeIn(open, path);
      begin();
    });
    expect(again).toEqual(first);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
