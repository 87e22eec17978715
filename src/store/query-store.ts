import type { DatabaseSync } from 'node:sqlite';
import type { EpochMicros } from '../core/time.ts';
import { together } from './access/durably.ts';

/** Whose a query is: a key's or a person's. */
export interface QueryOwner {
  readonly kind: 'key' | 'person';
  readonly id: string;
  readonly name: string;
}

export interface SavedQuery {
  readonly name: string;
  readonly sql: string;
  readonly description: string;
  readonly owner: QueryOwner;
  readonly created: EpochMicros;
  readonly changed: EpochMicros;
}

export interface AskedQuery {
  readonly asked: EpochMicros;
  readonly sql: string;
  readonly seconds: number;
  /** Null where there was no answer. */
  readonly rows: number | null;
  /** Code of the error; null for an answer. */
  readonly error: string | null;
}

/** So many are kept of each caller, and of all together: keys come and go. */
const KEPT = 200;
const KEPT_IN_ALL = 20_000;

/** Queries that were saved, and those that were asked lately, in `control.db`. */
export class QueryStore {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** By name. */
  saved(): readonly SavedQuery[] {
    return this.database.prepare('SELECT * FROM saved_query ORDER BY name').all().map(savedOf);
  }

  find(name: string): SavedQuery | undefined {
    const row = this.database.prepare('SELECT * FROM saved_query WHERE name = ?').get(name);
    return row === undefined ? undefined : savedOf(row);
  }

  /** Adds one, or puts it in the place of that of its name. */
  save({ name, sql, description, owner, created, changed }: SavedQuery): void {
    this.database
      .prepare('INSERT OR REPLACE INTO saved_query VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(name, sql, description, owner.kind, owner.id, owner.name, created, changed);
  }

  remove(name: string): void {
    this.database.prepare('DELETE FROM saved_query WHERE name = ?').run(name);
  }

  /** Notes what was asked, and forgets the oldest. */
  note({ kind, id }: QueryOwner, { asked, sql, seconds, rows, error }: AskedQuery): void {
    this.database
      .prepare(
        'INSERT INTO query_history (caller_kind, caller_id, asked, sql, seconds, rows, error) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(kind, id, asked, sql, seconds, rows, error);
    this.database
      .prepare(
        'DELETE FROM query_history WHERE caller_kind = ? AND caller_id = ? AND id <= (SELECT id FROM query_history WHERE caller_kind = ? AND caller_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
      )
      .run(kind, id, kind, id, KEPT);
    this.database
      .prepare('DELETE FROM query_history WHERE id <= (SELECT id FROM query_history ORDER BY id DESC LIMIT 1 OFFSET ?)')
      .run(KEPT_IN_ALL);
  }

  /** What a caller asked, the latest first. */
  history({ kind, id }: QueryOwner, limit: number): readonly AskedQuery[] {
    return this.database
      .prepare('SELECT * FROM query_history WHERE caller_kind = ? AND caller_id = ? ORDER BY id DESC LIMIT ?')
      .all(kind, id, limit)
      .map((row) => ({
        asked: Number(row['asked']),
        sql: String(row['sql']),
        seconds: Number(row['seconds']),
        rows: row['rows'] === null ? null : Number(row['rows']),
        error: row['error'] === null ? null : String(row['error']),
      }));
  }

  /** Drops all queries whose text has something in it that is to be forgotten, so that the file has it no more. */
  forget(names: (text: string) => boolean): void {
    const database = this.database;
    // What is deleted is overwritten, and the log does not keep it.
    database.exec('PRAGMA secure_delete = ON');
    together(database, () => {
      for (const row of database.prepare('SELECT id, sql FROM query_history').all())
        if (names(String(row['sql'])))
          database.prepare('DELETE FROM query_history WHERE id = ?').run(Number(row['id']));
      for (const { name, sql, description } of this.saved())
        if ([name, sql, description].some(names)) this.remove(name);
    });
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

const savedOf = (row: Readonly<Record<string, unknown>>): SavedQuery => ({
  name: String(row['name']),
  sql: String(row['sql']),
  description: String(row['description']),
  owner: {
    kind: row['owner_kind'] as QueryOwner['kind'],
    id: String(row['owner_id']),
    name: String(row['owner_name']),
  },
  created: Number(row['created']),
  changed: Number(row['changed']),
});
