import { VARCHAR } from '@duckdb/node-api';
import { historyTable, openTable, resultTable } from '../../compile/layout.ts';
import { isStored } from '../../compile/tables.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';
import { appendColumns } from '../../store/append.ts';
import { keptViews } from '../definitions/beside.ts';
import type { Shop } from '../shop.ts';
import { ID_FIELDS } from './erased-fields.ts';
import type { Tombstones } from './tombstones.ts';

type Ids = Readonly<Record<(typeof ID_FIELDS)[number], string | null>> & { readonly theirs: boolean };

const RENAMED = 'erased_id';
/** Types of columns that may hold an id. */
const SCALAR = ['VARCHAR', 'BIGINT', 'UUID'];
const ID_NAMES = ['user_id', 'anonymous_id', 'session_id', 'visitor', 'person'];
/** Of anomalies: whose other events an event is compared with. */
const COMPARED = /^part\d+_among$/;
const holdsId = (column: string): boolean => ID_NAMES.includes(column) || COMPARED.test(column);

/**
 * Gives the ids of erased events their other names wherever rows hold them: results, what is open, marks. Former images
 * that hold them in lists are dropped: nobody who reads changes goes on from before an erasure.
 */
export async function renameIds(
  shop: Shop,
  events: readonly Ids[],
  fact: ErasureFact,
  tombstones: Tombstones,
): Promise<void> {
  const { database } = shop;
  const known = new Map<string, string>();
  for (const event of events)
    for (const name of ID_FIELDS) {
      const id = event[name];
      if (id !== null && (event.theirs || name === 'session_id')) known.set(id, tombstones.surrogate(fact, id));
    }
  await database.run(`CREATE OR REPLACE TEMP TABLE ${RENAMED} (old VARCHAR, new VARCHAR)`);
  const column = (values: readonly string[]) => ({
    type: VARCHAR,
    column: { kind: 'text' as const, values: [...values] },
  });
  await appendColumns(
    database.connection,
    `temp.main.${RENAMED}`,
    [column([...known.keys()]), column([...known.values()])],
    known.size,
  );
  if (known.size === 0) return;
  const views = keptViews(shop).filter(isStored);
  const tables = [
    'dirty_session',
    ...views.flatMap((view) => [resultTable(view), historyTable(view), openTable(view)]),
  ];
  const history = new Set(views.map(historyTable));
  const columns = await database.rows(
    'SELECT schema_name AS s, table_name AS t, column_name AS c, data_type AS type FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()',
  );
  for (const { s, t, c, type } of columns) {
    const table = s === 'main' ? String(t) : `${String(s)}.${String(t)}`;
    if (!tables.includes(table)) continue;
    const name = `"${String(c)}"`;
    if (String(type) === 'VARCHAR' || (SCALAR.includes(String(type)) && holdsId(String(c))))
      await database.run(
        `UPDATE ${table} SET ${name} = r.new::${String(type)} FROM ${RENAMED} r WHERE ${table}.${name}::VARCHAR = r.old`,
      );
    else if (String(type).startsWith('VARCHAR[') && history.has(table))
      await database.run(`DELETE FROM ${table} WHERE list_has_any(${name}, (SELECT list(old) FROM ${RENAMED}))`);
  }
}
