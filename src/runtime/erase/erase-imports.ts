import { vocabularies } from '../../../shop/vocabularies/vocabularies.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import { lakeFolder } from '../../journal/lake/manifest.ts';
import { type FileSource, openFileSource } from '../../source/file/file-source.ts';
import { ImportFiles, type ImportNote } from '../imports/import-files.ts';
import { isUnread } from '../imports/unread-imports.ts';
import { Lake } from '../lake/lake.ts';
import { breathe, type ErasedStore } from './erased-store.ts';
import { rowsThatName } from './rows-that-name.ts';

const BATCH_EVENTS = 20_000;

/**
 * Files that were sent to be imported. What was read to its end is in the database, and then in the lake: its file goes. One
 * that was not holds what nothing else does, so it stays, and the proof says so: it is erased on its way in.
 */
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
    const read = withContent(files).filter((note) => !isUnread(shop, files, note));
    if (read.length === 0) return;
    const lake = await Lake.open(shop, lakeFolder(folder));
    // Without a lake there is nothing but the files to make a database anew from.
    if (lake === null) return;
    try {
      await lake.write(Date.now() * 1000);
    } finally {
      await lake.close();
    }
    for (const { name } of read) files.dropContent(name);
  },
};

const withContent = (files: ImportFiles): readonly ImportNote[] =>
  files.list().filter(({ name }) => files.hasContent(name));

/** Rows that name them. What cannot be read may name them, too: its rest counts as one. */
async function rowsIn(files: ImportFiles, { name, map, format }: ImportNote, tombstones: Tombstones): Promise<number> {
  let rows = 0;
  let source: FileSource | undefined;
  const words: string[] = [];
  try {
    source = await openFileSource({ paths: [files.contentOf(name)], vocabularies, map, format });
    for (;;) {
      const batch = await source.nextBatch(BATCH_EVENTS);
      if (batch === null) return rows;
      batch.symbols.forEach((text, i) => {
        words[batch.firstSymbol + i] = text;
      });
      rows += rowsThatName(batch, tombstones, words);
      await breathe();
    }
  } catch (error) {
    if (!(error instanceof FootfallError)) throw error;
    return rows + 1;
  } finally {
    await source?.close();
  }
}
