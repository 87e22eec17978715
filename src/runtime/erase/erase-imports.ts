import { vocabularies } from '../../../shop/vocabularies/vocabularies.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import { lakeFolder } from '../../journal/lake/manifest.ts';
import { openFileSource } from '../../source/file/file-source.ts';
import { ImportFiles, type ImportNote } from '../imports/import-files.ts';
import { Lake } from '../lake/lake.ts';
import { breathe, type ErasedStore } from './erased-store.ts';
import { rowsThatName } from './rows-that-name.ts';

const BATCH_EVENTS = 20_000;

/** Files that were sent to be imported. They are read to their end before an erasure begins: their events are in the lake. */
export const erasedImports: ErasedStore = {
  files: (folder) => withContent(new ImportFiles(folder)).map(({ name }) => `imports/${name}.data`),
  search: async ({ folder, tombstones }) => {
    const files = new ImportFiles(folder);
    const found = [];
    for (const note of withContent(files))
      found.push({ place: `imports/${note.name}.data`, rows: await rowsIn(files, note, tombstones) });
    return found;
  },
  rewrite: async (shop, folder) => {
    const files = new ImportFiles(folder);
    const held = withContent(files);
    if (held.length === 0) return;
    const lake = await Lake.open(shop, lakeFolder(folder));
    // Without a lake there is nothing but the files to make a database anew from.
    if (lake === null) return;
    await lake.write(Date.now() * 1000);
    for (const { name } of held) files.dropContent(name);
  },
};

const withContent = (files: ImportFiles): readonly ImportNote[] =>
  files.list().filter(({ name }) => files.hasContent(name));

async function rowsIn(files: ImportFiles, { name, map, format }: ImportNote, tombstones: Tombstones): Promise<number> {
  const source = await openFileSource({ paths: [files.contentOf(name)], vocabularies, map, format });
  const words: string[] = [];
  let rows = 0;
  try {
    for (;;) {
      const batch = await source.nextBatch(BATCH_EVENTS);
      if (batch === null) return rows;
      batch.symbols.forEach((text, i) => {
        words[batch.firstSymbol + i] = text;
      });
      rows += rowsThatName(batch, tombstones, words);
      await breathe();
    }
  } finally {
    await source.close();
  }
}
