/** The process that gets killed on the way of an erasure. Arguments: folder, visitor, mode. */
import { catalog } from '../../shop/views/catalog.ts';
import { FootfallError } from '../../src/core/errors/footfall-error.ts';
import { minutes } from '../../src/core/time.ts';
import { LIVE } from '../../src/engine/protocol/schedule.ts';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import { eraseVisitor } from '../../src/runtime/erase/erase-visitor.ts';
import { openShop } from '../../src/runtime/open-shop.ts';

const [folder = '', visitor = '', mode = 'anonymise'] = process.argv.slice(2);
const options = {
  folder: dataFolder(folder),
  settings: { zone: 'UTC', lateness: minutes(10), late: 'restate' as const },
  views: catalog,
  memoryLimit: '1GB',
  threads: 2,
};
const open = await openShop(options, LIVE, 'stored');
try {
  await eraseVisitor(open, {
    visitor,
    person: true,
    mode: mode === 'remove' ? 'remove' : 'anonymise',
    confirmed: true,
  });
} catch (error) {
  // What another process began was finished while the shop was opened: nothing of them is left.
  if (!(error instanceof FootfallError) || error.code !== 'erase.unknown') throw error;
} finally {
  await open.close();
}
