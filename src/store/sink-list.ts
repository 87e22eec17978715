import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { EpochMicros } from '../core/time.ts';

/** A store that results are copied to. */
export interface StoredSink {
  readonly name: string;
  /** Random: what its copies are known by in the store. */
  readonly id: string;
  readonly kind: string;
  /** With its password. */
  readonly url: string;
  /** Names of views; null: all that have stored rows. */
  readonly views: readonly string[] | null;
  readonly paused: boolean;
  /** It is to begin anew: everything is sent again. */
  readonly anew: boolean;
  readonly created: EpochMicros;
}

/** The sinks of a shop, in `control.db`. Any process may change them: the server looks again every second. */
export class SinkList {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** @returns false where there is one of this name */
  add(sink: Pick<StoredSink, 'name' | 'kind' | 'url' | 'views' | 'created'>): boolean {
    const { name, kind, url, views, created } = sink;
    const { changes } = this.database
      .prepare('INSERT OR IGNORE INTO sink (name, id, kind, url, views, created) VALUES (?, ?, ?, ?, ?, ?)')
      .run(name, randomUUID(), kind, url, views === null ? null : JSON.stringify(views), created);
    return Number(changes) === 1;
  }

  list(): readonly StoredSink[] {
    return this.database.prepare('SELECT * FROM sink ORDER BY created, name').all().map(sinkOf);
  }

  /** @returns false where there is none of this name */
  pause(name: string, paused: boolean): boolean {
    return this.changed('UPDATE sink SET paused = ? WHERE name = ?', paused ? 1 : 0, name);
  }

  /** Has it begin anew, or notes that it has. @returns false where there is none of this name */
  reset(name: string, anew: boolean): boolean {
    return this.changed('UPDATE sink SET anew = ? WHERE name = ?', anew ? 1 : 0, name);
  }

  /** What was copied stays where it is. @returns false where there is none of this name */
  remove(name: string): boolean {
    return this.changed('DELETE FROM sink WHERE name = ?', name);
  }

  private changed(sql: string, ...values: readonly (string | number)[]): boolean {
    return Number(this.database.prepare(sql).run(...values).changes) > 0;
  }
}

const sinkOf = (row: Readonly<Record<string, unknown>>): StoredSink => ({
  name: String(row['name']),
  id: String(row['id']),
  kind: String(row['kind']),
  url: String(row['url']),
  views: row['views'] === null ? null : (JSON.parse(String(row['views'])) as string[]),
  paused: row['paused'] === 1,
  anew: row['anew'] === 1,
  created: Number(row['created']),
});
