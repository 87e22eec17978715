import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Role } from '../core/role.ts';
import type { EpochMicros } from '../core/time.ts';

/** A key as it may be shown: without what would let somebody use it. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The beginning of the key, by which its owner recognises it. */
  readonly prefix: string;
  readonly created: EpochMicros;
  /** Null: never. */
  readonly expires: EpochMicros | null;
  /** Null while it is valid. */
  readonly revoked: EpochMicros | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly role: Role;
  readonly expires?: EpochMicros;
}

const SECRET_BYTES = 32;
const SHOWN = 12;

/** The keys of programs, in `control.db`. Any process may change them: the server looks again at every request. */
export class ApiKeys {
  private readonly database: DatabaseSync;
  /** Asked at every request. */
  private readonly valid: StatementSync;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.valid = database.prepare(
      'SELECT * FROM api_key WHERE hash = ? AND revoked IS NULL AND (expires IS NULL OR expires > ?)',
    );
  }

  /** Makes a key: 256 random bits. It is returned here and kept nowhere. */
  create({ name, role, expires }: NewApiKey, now: EpochMicros): { readonly key: string; readonly id: string } {
    const key = `ff_${role}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const id = randomUUID();
    this.database
      .prepare('INSERT INTO api_key (id, name, role, hash, prefix, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(id, name, role, hashOf(key), key.slice(0, `ff_${role}_`.length + SHOWN), now, expires ?? null);
    return { key, id };
  }

  /** The valid key that this is; undefined for anything else. It is looked up by its hash: nothing is compared byte by byte. */
  find(key: string, now: EpochMicros): ApiKey | undefined {
    const row = this.valid.get(hashOf(key), now);
    return row === undefined ? undefined : keyOf(row);
  }

  /** All of them, newest first. */
  list(): readonly ApiKey[] {
    return this.database.prepare('SELECT * FROM api_key ORDER BY created DESC, id').all().map(keyOf);
  }

  /** Ends a key, by its id or its beginning. @returns how many that were */
  revoke(name: string, now: EpochMicros): number {
    const { changes } = this.database
      .prepare('UPDATE api_key SET revoked = ? WHERE revoked IS NULL AND (id = ? OR prefix = ?)')
      .run(now, name, name);
    return Number(changes);
  }
}

const hashOf = (key: string): Uint8Array => createHash('sha256').update(key).digest();

const whole = (value: unknown): number | null => (value === null ? null : Number(value));

const keyOf = (row: Readonly<Record<string, unknown>>): ApiKey => ({
  id: String(row['id']),
  name: String(row['name']),
  role: row['role'] as Role,
  prefix: String(row['prefix']),
  created: Number(row['created']),
  expires: whole(row['expires']),
  revoked: whole(row['revoked']),
});
