import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EpochMicros } from '../core/time.ts';

/** `interrupted`: the process ended before it did. */
export type RunStatus = 'running' | 'done' | 'failed' | 'interrupted';

/** A change that was asked for, as it is kept. */
export interface StoredRun {
  readonly id: string;
  readonly operation: string;
  /** SHA-256 of what was asked. */
  readonly body: string;
  readonly begun: EpochMicros;
  readonly ended: EpochMicros | null;
  readonly status: RunStatus;
  /** JSON of the result or of the error; null while there is neither. */
  readonly outcome: string | null;
}

/** So many are kept. */
const KEPT = 1_000;

/** Changes that were asked for over HTTP, newest last, in `control.db`: what somebody may ask about later. */
export class RunLog {
  private readonly database: DatabaseSync;
  private readonly byId: StatementSync;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.byId = database.prepare('SELECT * FROM run WHERE id = ?');
  }

  /** Notes that one begins, and forgets the oldest. @param key whose key it came with */
  begin(
    { id, operation, body, begun }: Pick<StoredRun, 'id' | 'operation' | 'body' | 'begun'>,
    key: string | null,
  ): void {
    this.database
      .prepare(
        "INSERT INTO run (id, operation, request_key, request_body, begun, status) VALUES (?, ?, ?, ?, ?, 'running')",
      )
      .run(id, operation, key, body, begun);
    this.database
      .prepare(
        "DELETE FROM run WHERE status <> 'running' AND id NOT IN (SELECT id FROM run ORDER BY begun DESC, id LIMIT ?)",
      )
      .run(KEPT);
  }

  /** Begins one again that was interrupted. */
  beginAgain(id: string, begun: EpochMicros): void {
    this.database
      .prepare("UPDATE run SET status = 'running', begun = ?, ended = NULL, outcome = NULL WHERE id = ?")
      .run(begun, id);
  }

  end(id: string, { status, ended, outcome }: Pick<StoredRun, 'status' | 'ended' | 'outcome'>): void {
    this.database
      .prepare('UPDATE run SET status = ?, ended = ?, outcome = ? WHERE id = ?')
      .run(status, ended, outcome, id);
  }

  /** What an earlier process left. */
  interruptAll(): void {
    this.database.exec("UPDATE run SET status = 'interrupted' WHERE status = 'running'");
  }

  /** Forgets what was asked and what came of it: somebody was erased. What is running is known by its id alone. */
  forgetAll(): void {
    this.database.exec(
      "PRAGMA secure_delete = ON; DELETE FROM run WHERE status <> 'running'; UPDATE run SET request_body = ''; PRAGMA wal_checkpoint(TRUNCATE)",
    );
  }

  find(id: string): StoredRun | undefined {
    const row = this.byId.get(id);
    return row === undefined ? undefined : runOf(row);
  }

  /** The one that came with a key. */
  ofKey(key: string): StoredRun | undefined {
    const row = this.database.prepare('SELECT * FROM run WHERE request_key = ?').get(key);
    return row === undefined ? undefined : runOf(row);
  }

  /** The newest first. */
  list(limit: number): readonly StoredRun[] {
    return this.database.prepare('SELECT * FROM run ORDER BY begun DESC, id LIMIT ?').all(limit).map(runOf);
  }
}

const runOf = (row: Readonly<Record<string, unknown>>): StoredRun => ({
  id: String(row['id']),
  operation: String(row['operation']),
  body: String(row['request_body']),
  begun: Number(row['begun']),
  ended: row['ended'] === null ? null : Number(row['ended']),
  status: row['status'] as RunStatus,
  outcome: row['outcome'] === null ? null : String(row['outcome']),
});
