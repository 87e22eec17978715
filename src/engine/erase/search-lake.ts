import { join } from 'node:path';
import { EVENT_COLUMNS } from '../../core/event.ts';
import { literalText } from '../../core/sql-text.ts';
import type { LakeFile } from '../../journal/lake/manifest.ts';
import type { Session } from '../../store/session.ts';
import { type Found, rowsIn } from './search-database.ts';
import type { Tombstones } from './tombstones.ts';

const TEXT = ['symbol', 'text', 'id'];

/** Columns that may hold an id or text, with their types, of each kind of file. */
const COLUMNS: Readonly<Record<LakeFile['kind'], readonly (readonly [name: string, type: string])[]>> = {
  events: EVENT_COLUMNS.filter(({ store }) => TEXT.includes(store)).map(({ name }) => [name, 'VARCHAR']),
  refused: [
    ['message', 'VARCHAR'],
    ['bytes', 'BLOB'],
  ],
};

/** Looks for erased people in every column of the lake's files that may hold an id or text. */
export async function searchLake(
  database: Session,
  folder: string,
  files: readonly LakeFile[],
  tombstones: Tombstones,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const kind of ['events', 'refused'] as const) {
    const paths = files.filter((file) => file.kind === kind).map(({ path }) => literalText(join(folder, path)));
    if (paths.length === 0) continue;
    for (const [name, type] of COLUMNS[kind]) {
      const rows = await rowsIn(database, `read_parquet([${paths.join(', ')}])`, name, type, tombstones);
      found.push({ place: `lake/${kind}.${name}`, rows });
    }
  }
  return found;
}
