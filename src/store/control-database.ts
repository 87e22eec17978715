import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Cursor } from '../core/cursor.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { AccessStore } from './access/access-store.ts';
import { codeOf, quietly } from './access/quietly.ts';
import type { ApiKeys } from './api-keys.ts';
import { QueryStore } from './query-store.ts';
import { RunLog } from './run-log.ts';
import { SinkList } from './sink-list.ts';

const FOLDER = new URL('./control/', import.meta.url);

/** SQLite's result codes for a file that is no database or is damaged, and for a disk without space. */
const DAMAGED = [11, 26];
const FULL = 13;

/** The newest state that was ever committed to one database, as it is known outside of it. */
export interface HighWater {
  /** Null when nothing is noted. */
  read(): Cursor | null;
  /** To be called after the state was committed. A mark that cannot be noted now is noted with the next. */
  note(cursor: Cursor): void;
  /** How many facts were ever on disk beside the database. */
  readonly facts: {
    /** 0 when nothing is noted. */
    read(): number;
    note(count: number): void;
  };
}

/**
 * `control.db` in the data folder: what must outlive the database. Nothing in it changes a number, and the shop goes
 * on without it.
 *
 * Caller must own the database of the folder, so that one process writes at a time.
 */
export class ControlDatabase {
  /** Keys, people, and who did what. */
  readonly access: AccessStore;
  /** Changes that were asked for over HTTP. */
  readonly runs: RunLog;
  /** Queries that were saved and asked. */
  readonly queries: QueryStore;
  /** Stores that results are copied to. */
  readonly sinks: SinkList;
  private readonly database: DatabaseSync;
  private readonly readMark: StatementSync;
  private readonly noteMark: StatementSync;
  private readonly readFacts: StatementSync;
  private readonly noteFacts: StatementSync;

  private constructor(database: DatabaseSync) {
    this.database = database;
    this.access = new AccessStore(database);
    this.runs = new RunLog(database);
    this.queries = new QueryStore(database);
    this.sinks = new SinkList(database);
    this.readMark = database.prepare('SELECT generation, epoch FROM high_water WHERE database = ?');
    this.noteMark = database.prepare('INSERT OR REPLACE INTO high_water VALUES (?, ?, ?)');
    this.readFacts = database.prepare('SELECT facts FROM fact_mark WHERE database = ?');
    this.noteFacts = database.prepare('INSERT OR REPLACE INTO fact_mark VALUES (?, ?)');
  }

  /**
   * Opens or creates the file and brings it up to date.
   * @throws FootfallError `store.control` when it is damaged, `store.control_open` when it cannot be opened or written,
   *   `store.disk_full`, `store.version` when a newer Footfall made it
   */
  static open(path: string): ControlDatabase {
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(dirname(path), { recursive: true });
      database = new DatabaseSync(path, { timeout: 5_000 });
      // A commit that a power failure takes back leaves a mark behind its database: that is harmless (semantics,
      // "Changes").
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
      // Hashes of passwords are nobody's else to try.
      chmodSync(path, 0o600);
      migrate(database);
      return new ControlDatabase(database);
    } catch (cause) {
      database?.close();
      throw openFailure(cause, path);
    }
  }

  /** Keys of programs. */
  get keys(): ApiKeys {
    return this.access.keys;
  }

  /** The mark of a database, by the name of its file. */
  highWater(name: string): HighWater {
    return {
      read: () => {
        const row = this.readMark.get(name);
        return row === undefined ? null : { generation: Number(row['generation']), epoch: Number(row['epoch']) };
      },
      // What is committed is committed: a mark that stays behind it is harmless, a failed epoch or fact is not.
      note: ({ generation, epoch }) => quietly(() => this.noteMark.run(name, generation, epoch)),
      facts: {
        read: () => Number(this.readFacts.get(name)?.['facts'] ?? 0),
        note: (count) => quietly(() => this.noteFacts.run(name, count)),
      },
    };
  }

  close(): void {
    this.database.close();
  }
}

function openFailure(cause: unknown, path: string): unknown {
  const code = codeOf(cause) ?? (cause as NodeJS.ErrnoException).code;
  if (cause instanceof FootfallError || code === undefined) return cause;
  // Low byte: the result; above it, what SQLite knows more of it.
  const result = typeof code === 'number' ? code & 0xff : undefined;
  if (result !== undefined && DAMAGED.includes(result)) return new FootfallError('store.control', { path }, { cause });
  if (result === FULL || code === 'ENOSPC') return new FootfallError('store.disk_full', { path }, { cause });
  return new FootfallError('store.control_open', { path, reason: (cause as Error).message }, { cause });
}

function migrate(database: DatabaseSync): void {
  const done = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  const files = readdirSync(FOLDER).sort();
  if (done > files.length)
    throw new FootfallError('store.version', { found: String(done), known: String(files.length) });
  for (const [index, name] of files.entries()) {
    if (index < done) continue;
    const sql = readFileSync(new URL(name, FOLDER), 'utf8');
    database.exec(`BEGIN; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}
