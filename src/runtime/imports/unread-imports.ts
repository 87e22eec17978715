import type { Shop } from '../../engine/shop.ts';
import type { ImportFiles, ImportNote } from './import-files.ts';

/** Whether a file that was sent is yet to be read, or its rest is: nothing but the file holds what it says. */
export const isUnread = ({ ingest }: Pick<Shop, 'ingest'>, files: ImportFiles, note: ImportNote): boolean =>
  files.hasContent(note.name) && (note.outcome === undefined || ingest.progress.get(note.partition)?.ended !== true);

/** Names of the imports that are not read to their end, in the order in which they came. */
export const unreadImports = (shop: Pick<Shop, 'ingest'>, files: ImportFiles): readonly string[] =>
  files
    .list()
    .filter((note) => isUnread(shop, files, note))
    .map(({ name }) => name);
