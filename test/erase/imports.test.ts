import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { minutes } from '../../src/core/time.ts';
import { LIVE } from '../../src/engine/protocol/schedule.ts';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import { erasedImports } from '../../src/runtime/erase/erase-imports.ts';
import { eraseVisitor } from '../../src/runtime/erase/erase-visitor.ts';
import { ImportFiles } from '../../src/runtime/imports/import-files.ts';
import { openShop, type ShopOptions } from '../../src/runtime/open-shop.ts';
import { canaryShop, VISITOR } from './canary-shop.ts';

/** A file that a server took and was killed before it read it. */
function takenButUnread(folder: string, outcome: object): string {
  const files = new ImportFiles(folder);
  files.settle();
  const content = `event_time,event_type,product_id,user_id,session_id,price\n2020-01-02T10:00:00Z,view,shoe,${VISITOR},s9,\n`;
  writeFileSync(files.contentOf('sent'), content);
  files.note({
    ...{ name: 'sent', sha256: '', bytes: content.length, received: 1, partition: 'sent.csv', format: 'csv' },
    ...{ packing: 'plain', vocabulary: 'canonical', columns: [], map: {}, fields: {}, ...outcome },
  });
  return files.contentOf('sent');
}

test.each([
  ['never read', {}],
  ['read once, by a database that is not this one', { outcome: { finished: 2, events: 1, rejected: 0 } }],
])(
  'an import that was %s outlives an erasure, which is refused before it is a fact',
  { timeout: 60_000 },
  async (_, outcome) => {
    const folder = await canaryShop();
    try {
      const content = takenButUnread(folder, outcome);
      const cutOff = join(folder, 'imports', '.upload-of-a-server-that-died');
      mkdirSync(join(folder, 'imports'), { recursive: true });
      writeFileSync(cutOff, VISITOR);
      const options: ShopOptions = {
        folder: dataFolder(folder),
        settings: { zone: 'UTC', lateness: minutes(10), late: 'restate' },
        views: catalog,
        memoryLimit: '1GB',
        threads: 2,
      };
      const facts = readFileSync(join(folder, 'facts.ndjson'), 'utf8');
      const open = await openShop(options, LIVE, 'stored');
      try {
        expect(existsSync(cutOff)).toBe(false);
        const whom = { visitor: VISITOR, person: true, mode: 'anonymise' } as const;
        expect(await eraseVisitor(open, { ...whom, confirmed: false })).toMatchObject({
          found: expect.arrayContaining([{ place: 'imports/sent.data', rows: 1 }]),
        });
        await expect(eraseVisitor(open, { ...whom, confirmed: true })).rejects.toMatchObject({
          code: 'erase.imports',
          params: { names: 'sent' },
        });
        // One that was begun by a server, or comes back with an older copy of the database, is finished beside it.
        await erasedImports.rewrite(open.shop, folder);
      } finally {
        await open.close();
      }
      expect(existsSync(content)).toBe(true);
      expect(existsSync(join(folder, 'erasing.json'))).toBe(false);
      expect(readFileSync(join(folder, 'facts.ndjson'), 'utf8')).toBe(facts);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
