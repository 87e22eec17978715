import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Role } from '../core/role.ts';
import type { EpochMicros, Micros } from '../core/time.ts';
import { durably, together } from './access/durably.ts';
import { hashOf, newSecret } from './access/secret.ts';

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

/** A new key: the only time that it can be read. */
export interface CreatedApiKey {
  readonly key: string;
  readonly id: string;
  readonly prefix: string;
  /** Null: never. */
  readonly expires: EpochMicros | null;
}

const SHOWN = 12;
const LONGEST_ID = 36;
const VALID = 'revoked IS NULL AND (expires IS NULL OR expires > ?)';

/** The keys of programs, in `control.db`. Any process may change them: the server looks again at every request. */
export class ApiKeys {
  private readonly database: DatabaseSync;
  /** Asked at every request. */
  private readonly byHash: StatementSync;
  private readonly valid: StatementSync;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.byHash = database.prepare(`SELECT * FROM api_key WHERE hash = ? AND ${VALID}`);
    this.valid = database.prepare(`SELECT 1 FROM api_key WHERE id = ? AND ${VALID}`);
  }

  /** Makes a key: 256 random bits. It is returned here and kept nowhere. */
  create(wanted: NewApiKey, now: EpochMicros): CreatedApiKey {
    return durably(this.database, () => this.insert(wanted, now));
  }

  /**
   * Another key in place of one: same name, role and expiry.
   * @param overlap how long the former one is still valid
   * @throws FootfallError `access.key` where there is no such valid key, or another one is in its place already
   */
  rotate(given: string, overlap: Micros, now: EpochMicros): CreatedApiKey {
    const name = recognisable(given);
    return together(this.database, () => {
      const row = this.database
        .prepare(`SELECT * FROM api_key WHERE (id = ? OR prefix = ?) AND replaced IS NULL AND ${VALID}`)
        .get(name, name, now);
      if (row === undefined) throw new FootfallError('access.key', { name });
      const former = keyOf(row);
      const { role, expires } = former;
      const made = this.insert({ name: former.name, role, ...(expires === null ? {} : { expires }) }, now);
      const until = Math.min(now + overlap, expires ?? now + overlap);
      this.database.prepare('UPDATE api_key SET expires = ?, replaced = ? WHERE id = ?').run(until, now, former.id);
      return made;
    });
  }

  /** The valid key that this is; undefined for anything else. It is looked up by its hash: nothing is compared byte by byte. */
  find(key: string, now: EpochMicros): ApiKey | undefined {
    const row = this.byHash.get(hashOf(key), now);
    return row === undefined ? undefined : keyOf(row);
  }

  /** All of them, newest first. */
  list(): readonly ApiKey[] {
    return this.database.prepare('SELECT * FROM api_key ORDER BY created DESC, id').all().map(keyOf);
  }

  /**
   * Ends a key, by its id or its beginning.
   * @throws FootfallError `access.key` where there is no such valid key
   */
  revoke(given: string, now: EpochMicros): void {
    const name = recognisable(given);
    const { changes } = durably(this.database, () =>
      this.database
        .prepare('UPDATE api_key SET revoked = ? WHERE revoked IS NULL AND (id = ? OR prefix = ?)')
        .run(now, name, name),
    );
    if (changes === 0) throw new FootfallError('access.key', { name });
  }

  /** Whether a key that was valid still is. */
  stillValid(id: string, now: EpochMicros): boolean {
    return this.valid.get(id, now) !== undefined;
  }

  /** Whether anybody has a key that is valid. */
  any(now: EpochMicros): boolean {
    return this.database.prepare(`SELECT 1 FROM api_key WHERE ${VALID} LIMIT 1`).get(now) !== undefined;
  }

  private insert({ name, role, expires }: NewApiKey, now: EpochMicros): CreatedApiKey {
    const key = `ff_${role}_${newSecret()}`;
    const id = randomUUID();
    const prefix = recognisable(key);
    this.database
      .prepare('INSERT INTO api_key (id, name, role, hash, prefix, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(id, name, role, hashOf(key), prefix, now, expires ?? null);
    return { key, id, prefix, expires: expires ?? null };
  }
}

/**
 * Of a key, the beginning that may be shown; of an id, all of it. Whoever names a key by the whole of it means the same, and
 * does not find it in errors and logs.
 * @example recognisable('ff_read_hT3vXw9kQbNcA7...') // 'ff_read_hT3vXw9kQbNc'
 */
export function recognisable(name: string): string {
  const kind = /^ff_[a-z]+_/.exec(name)?.[0] ?? '';
  return kind === '' ? name.slice(0, LONGEST_ID) : name.slice(0, kind.length + SHOWN);
}

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
