import { BIGINT, VARCHAR } from '@duckdb/node-api';
import { visitorSql } from '../../compile/context.ts';
import { rawType } from '../../compile/raw.ts';
import { literalText } from '../../core/sql-text.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';
import { type AppendColumn, appendColumns } from '../../store/append.ts';
import { int64Column } from '../columns.ts';
import { crashPoint } from '../crash-point.ts';
import { keptViews } from '../definitions/beside.ts';
import type { FactEngine } from '../fact-engine.ts';
import { idHashes } from '../id-hash.ts';
import { markChanged } from '../mark-changed.ts';
import { rehashIntake } from '../rehash-intake.ts';
import { noteWithdrawn } from '../restate-all.ts';
import type { Shop } from '../shop.ts';
import { saveSetting } from '../state.ts';
import { withdrawEvents } from '../withdraw-events.ts';
import { ID_FIELDS, keptProperties, readProperties, TEXT_FIELDS, WORD_FIELDS } from './erased-fields.ts';
import { readTombstones, tombstonesOf } from './read-tombstones.ts';
import { renameIds } from './rename-ids.ts';
import { type Tombstones, verdictOf } from './tombstones.ts';

/** What an erasure came to in the database. */
export interface ErasureChange {
  /** Events that were the person's. */
  readonly events: number;
  /** Events of others in a session of theirs: only its id is another one. */
  readonly beside: number;
}

type IdField = (typeof ID_FIELDS)[number];
type ErasedEvent = { readonly seq: number; readonly theirs: boolean } & { readonly [F in IdField]: string | null };

const EVENTS = 'erased_event';
const THEIRS = 'erased_theirs';

/** Erasures: what is stored of a person becomes nobody's, or goes. Whom it means is found by keyed digests alone. */
export const erasureFacts: FactEngine<ErasureFact, ErasureChange> = {
  read: async (shop, fact) => {
    const tombstones = tombstonesOf(shop.facts, fact);
    return async () => {
      const found = await findEvents(shop, tombstones);
      const theirs = found.filter((event) => event.theirs);
      await writeEvents(shop, found, fact, tombstones);
      const change = { events: theirs.length, beside: found.length - theirs.length };
      await eraseWords(shop);
      const remember =
        fact.mode === 'remove' ? (await withdrawEvents(shop, THEIRS, 'erasure')).remember : () => undefined;
      await renameIds(shop, found, fact, tombstones);
      await eraseRows(shop, fact, tombstones);
      await noteWithdrawn(shop.database, 'erasure');
      await saveSetting(shop.database, 'rewrite', 'yes');
      crashPoint('erase.rows_changed');
      return {
        outcome: change,
        remember: () => {
          remember();
          shop.tombstones = readTombstones(shop.facts);
          shop.withdrawn = 'erasure';
        },
      };
    };
  },
  settle: async () => undefined,
};

/** Events that name an erased person, or are of one of their sessions. */
async function findEvents({ database, shape }: Shop, tombstones: Tombstones): Promise<readonly ErasedEvent[]> {
  const ids = ['user_id', 'anonymous_id', 'session_id'] as const;
  const conditions: string[] = [];
  for (const name of ids) {
    if (!shape.present.includes(name)) continue;
    const [values = []] = await database.columns(
      `SELECT DISTINCT ${name}::VARCHAR FROM raw_event WHERE ${name} IS NOT NULL`,
    );
    const erased = values.map(String).filter((id) => tombstones.of(id) !== null);
    if (erased.length > 0) conditions.push(`${name}::VARCHAR IN (${erased.map(literalText).join(', ')})`);
  }
  if (conditions.length === 0) return [];
  const columns = ID_FIELDS.map((name) => `${name}::VARCHAR AS ${name}`);
  const rows = await database.rows(
    `SELECT seq, epoch_us(event_time) AS instant, ${columns.join(', ')} FROM raw WHERE ${conditions.join(' OR ')} ORDER BY seq`,
  );
  return rows.flatMap((row): ErasedEvent[] => {
    const text = (name: IdField): string | null => (row[name] == null ? null : String(row[name]));
    const given = { user: text('user_id'), anonymous: text('anonymous_id'), session: text('session_id') };
    const verdict = verdictOf(tombstones, given, Number(row['instant']));
    if (verdict === null) return [];
    const fields = Object.fromEntries(ID_FIELDS.map((name) => [name, text(name)])) as { [F in IdField]: string | null };
    return [{ seq: Number(row['seq']), theirs: verdict.is === 'theirs', ...fields }];
  });
}

/** Gives the events other ids, and takes from those that were the person's what says who they are. */
async function writeEvents(
  shop: Shop,
  found: readonly ErasedEvent[],
  fact: ErasureFact,
  tombstones: Tombstones,
): Promise<void> {
  const { database, shape, context, final } = shop;
  const present = ID_FIELDS.filter((name) => shape.present.includes(name));
  const other = (event: ErasedEvent, name: IdField): string | null => {
    const id = event[name];
    return id === null || (!event.theirs && name !== 'session_id') ? id : tombstones.surrogate(fact, id);
  };
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${EVENTS} (seq BIGINT, theirs VARCHAR, hash BIGINT, ${present.map((name) => `new_${name} VARCHAR`).join(', ') || 'nothing VARCHAR'})`,
  );
  const texts = (values: (string | null)[]): AppendColumn => ({ type: VARCHAR, column: { kind: 'text', values } });
  const eventIds = found.map((event) => other(event, 'event_id'));
  await appendColumns(
    database.connection,
    `temp.main.${EVENTS}`,
    [
      { type: BIGINT, column: int64Column(found.map(({ seq }) => seq)) },
      texts(found.map(({ theirs }) => (theirs ? 'yes' : null))),
      { type: BIGINT, column: idHashes({ kind: 'text', values: eventIds }) },
      ...(present.length === 0
        ? [texts(found.map(() => null))]
        : present.map((name) => texts(found.map((event) => other(event, name))))),
    ],
    found.length,
  );
  await database.run(`CREATE OR REPLACE TEMP TABLE ${THEIRS} AS SELECT seq FROM ${EVENTS} WHERE theirs IS NOT NULL`);
  if (found.length === 0 || present.length === 0) return;
  const visitor = visitorSql(context.widths);
  const changed = `SELECT seq, event_time, session_id, ${visitor} AS visitor FROM raw WHERE seq IN (SELECT seq FROM ${EVENTS})`;
  const sets = present.map((name) => `${name} = e.new_${name}::${rawType(name, shape.widths)}`);
  if (shape.present.includes('id_hash')) sets.push('id_hash = e.hash');
  await rehashIntake(database, final.epoch, () =>
    database.run(`UPDATE raw_event SET ${sets.join(', ')} FROM ${EVENTS} e WHERE raw_event.seq = e.seq`),
  );
  await database.run(`CREATE OR REPLACE TEMP TABLE erased_changed AS ${changed}`);
  await markChanged(shop, 'erased_changed', 'erasure');
  if (fact.mode === 'anonymise') await eraseTexts(shop);
}

async function eraseTexts(shop: Shop): Promise<void> {
  const { database } = shop;
  const mine = `seq IN (SELECT seq FROM ${THEIRS})`;
  const read = readProperties(keptViews(shop));
  const [seqs = [], given = []] = await database.columns(
    `SELECT seq, properties FROM raw_extra WHERE properties IS NOT NULL AND ${mine}`,
  );
  await database.run('CREATE OR REPLACE TEMP TABLE erased_properties (seq BIGINT, kept VARCHAR)');
  const kept = given.map((text) => keptProperties(String(text), read));
  await appendColumns(
    database.connection,
    'temp.main.erased_properties',
    [
      { type: BIGINT, column: int64Column(seqs.map(Number)) },
      { type: VARCHAR, column: { kind: 'text', values: kept } },
    ],
    seqs.length,
  );
  await database.run('UPDATE raw_extra SET properties = p.kept FROM erased_properties p WHERE raw_extra.seq = p.seq');
  await database.run(`UPDATE raw_extra SET ${TEXT_FIELDS.map((name) => `${name} = NULL`).join(', ')} WHERE ${mine}`);
}

/** Words that only the person's events had are words no more. */
async function eraseWords({ database }: Shop): Promise<void> {
  const mine = `seq IN (SELECT seq FROM ${THEIRS})`;
  const used = WORD_FIELDS.map((name) => `SELECT ${name} AS id FROM raw_extra WHERE ${name} IS NOT NULL AND`);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE erased_word AS SELECT DISTINCT id FROM (${used.map((sql) => `${sql} ${mine}`).join(' UNION ALL ')}) WHERE id NOT IN (${used.map((sql) => `${sql} NOT ${mine}`).join(' UNION ALL ')})`,
  );
  await database.run(`UPDATE raw_extra SET ${WORD_FIELDS.map((name) => `${name} = NULL`).join(', ')} WHERE ${mine}`);
}

/** What the shop knows of the person besides events: dimensions, links and marks, refused rows, words. */
async function eraseRows({ database, symbols }: Shop, fact: ErasureFact, tombstones: Tombstones): Promise<void> {
  const dimensions = await database.rows(
    "SELECT rowid AS row, kind, key, attributes ->> 'user_id' AS person FROM dimension WHERE kind IN ('user', 'same_as', 'bot')",
  );
  const named = (value: unknown): boolean => value != null && tombstones.of(String(value)) !== null;
  const erased = dimensions.filter(({ key, person }) => named(key) || named(person));
  const kept = fact.mode === 'anonymise' ? erased.filter(({ kind }) => kind !== 'user') : [];
  const other = (value: unknown): string =>
    literalText(named(value) ? tombstones.surrogate(fact, String(value)) : String(value));
  for (const { row, key, person } of kept) {
    const linked =
      person == null ? 'attributes' : `json_merge_patch(attributes, json_object('user_id', ${other(person)}))::VARCHAR`;
    await database.run(`UPDATE dimension SET key = ${other(key)}, attributes = ${linked} WHERE rowid = ${Number(row)}`);
  }
  const gone = erased.filter((each) => !kept.includes(each));
  await deleteRows(
    database,
    'dimension',
    gone.map(({ row }) => Number(row)),
  );
  const refused = await database.rows('SELECT id, bytes, message FROM quarantine');
  const ids = refused
    .filter(
      ({ bytes, message }) =>
        tombstones.within(String(message)) ||
        (bytes instanceof Uint8Array && tombstones.within(Buffer.from(bytes).toString('utf8'))),
    )
    .map(({ id }) => Number(id));
  if (ids.length > 0)
    await database.run(`UPDATE quarantine SET bytes = ''::BLOB, message = 'erased' WHERE id IN (${ids.join(', ')})`);
  const words = await database.rows('SELECT id, text FROM symbol');
  const said = new Set(
    (await database.rows('SELECT id FROM erased_word WHERE id NOT IN (SELECT event_type FROM raw_event)')).map(
      ({ id }) => Number(id),
    ),
  );
  for (const { id, text } of words) {
    if (!said.has(Number(id)) && tombstones.of(String(text)) === null) continue;
    if (said.has(Number(id)) && (await isUsed(database, Number(id)))) continue;
    await database.run(`UPDATE symbol SET text = '~erased~${Number(id)}' WHERE id = ${Number(id)}`);
    symbols.forget(Number(id), `~erased~${Number(id)}`);
  }
}

/** Whether any event still says a word, in whatever column. */
async function isUsed(database: Shop['database'], id: number): Promise<boolean> {
  const columns = await database.rows(
    "SELECT table_name AS t, column_name AS c FROM duckdb_columns() WHERE table_name IN ('raw_event', 'raw_extra') AND data_type = 'INTEGER' AND column_name NOT IN ('batch', 'part', 'quantity')",
  );
  const uses = columns.map(({ t, c }) => `EXISTS (FROM ${String(t)} WHERE ${String(c)} = ${id})`);
  return (await database.one(`SELECT ${uses.join(' OR ')} AS used`))?.['used'] === true;
}

async function deleteRows(database: Shop['database'], table: string, rows: readonly number[]): Promise<void> {
  if (rows.length > 0) await database.run(`DELETE FROM ${table} WHERE rowid IN (${rows.join(', ')})`);
}
