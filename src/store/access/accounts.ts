import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Role } from '../../core/role.ts';
import type { EpochMicros } from '../../core/time.ts';
import { together } from './durably.ts';
import { isPassword, packPassword } from './password.ts';

/** What people may be: nobody signs in to send events. */
export type AccountRole = Exclude<Role, 'ingest'>;

/** Somebody who signs in, as they may be shown. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: AccountRole;
  readonly created: EpochMicros;
  /** Null: never. */
  readonly signedIn: EpochMicros | null;
  /** False until a password was set by a link. */
  readonly hasPassword: boolean;
}

/** Somebody whose password was right when it was looked at, which takes long: it may not be theirs any more. */
export interface Checked {
  readonly account: Account;
  /** The password that was right, as it is kept. Shown to nobody. */
  readonly packed: string;
}

const LONGEST_NAME = 100;

/** The people who sign in, in `control.db`. Any process may change them: the server looks again at every request. */
export class Accounts {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** All of them, by name. */
  list(): readonly Account[] {
    return this.database.prepare('SELECT * FROM account ORDER BY lookup').all().map(accountOf);
  }

  /** @throws FootfallError `access.account` when nobody has the name */
  get(name: string): Account {
    const row = this.database.prepare('SELECT * FROM account WHERE lookup = ?').get(lookupOf(name));
    if (row === undefined) throw new FootfallError('access.account', { name });
    return accountOf(row);
  }

  /**
   * Somebody new, without a password so far.
   * @throws FootfallError `access.name` where the name is taken or is none
   */
  add(who: Pick<Account, 'name' | 'role'>, now: EpochMicros): Account {
    return together(this.database, () => this.insert(who, now));
  }

  /** As `add`, in the transaction of the caller. */
  insert({ name, role }: Pick<Account, 'name' | 'role'>, now: EpochMicros): Account {
    const shown = name.trim();
    const proper = shown !== '' && shown.length <= LONGEST_NAME && !/\p{C}/u.test(shown);
    if (!proper) throw new FootfallError('access.name', { name: shown.slice(0, LONGEST_NAME), reason: 'is no name' });
    const { changes } = this.database
      .prepare('INSERT OR IGNORE INTO account (id, name, lookup, role, created) VALUES (?, ?, ?, ?, ?)')
      .run(randomUUID(), shown, lookupOf(shown), role, now);
    if (changes === 0) throw new FootfallError('access.name', { name: shown, reason: 'is taken' });
    return this.get(shown);
  }

  /** Takes effect at the next request of a browser that is signed in. @throws FootfallError `access.last_admin` */
  setRole(name: string, role: AccountRole): Account {
    return together(this.database, () => {
      const { id } = this.get(name);
      this.database.prepare('UPDATE account SET role = ? WHERE id = ?').run(role, id);
      this.keepAnAdmin(name);
      return this.get(name);
    });
  }

  /** Removes somebody, and signs them out. @throws FootfallError `access.last_admin` */
  remove(name: string): Account {
    return together(this.database, () => {
      const account = this.get(name);
      this.database.prepare('DELETE FROM account WHERE id = ?').run(account.id);
      this.keepAnAdmin(name);
      return account;
    });
  }

  /**
   * Sets a password, and signs out wherever somebody is signed in.
   * @param checked whoever changes their own: it must still be theirs
   * @throws FootfallError `access.password`, `access.account`; `access.sign_in` where the one that was checked has ended
   */
  async setPassword(name: string, password: string, checked?: Checked): Promise<Account> {
    const packed = await packPassword(password, name);
    return together(this.database, () => {
      if (checked !== undefined) this.still(checked);
      return this.store(checked?.account ?? this.get(name), packed);
    });
  }

  /**
   * Makes sure, in the transaction of the caller, that what was checked is still so.
   * @throws FootfallError `access.sign_in` where the password was changed or its owner removed
   */
  still({ account: { id }, packed }: Checked): void {
    const row = this.database.prepare('SELECT password FROM account WHERE id = ?').get(id);
    if (row?.['password'] !== packed) throw new FootfallError('access.sign_in', {});
  }

  /** Ends a password, and signs out: a link sets another one. */
  dropPassword(name: string): Account {
    return together(this.database, () => this.store(this.get(name), null));
  }

  /** As `setPassword` with one that is packed, in the transaction of the caller. */
  store({ id, name }: Account, packed: string | null): Account {
    this.database.prepare('UPDATE account SET password = ? WHERE id = ?').run(packed, id);
    this.database.prepare('DELETE FROM sign_in WHERE account = ?').run(id);
    this.database.prepare('DELETE FROM one_time_link WHERE account = ?').run(id);
    return this.get(name);
  }

  /** Who has this name and password; takes the same time whoever it is. */
  async check(name: string, password: string): Promise<Checked | undefined> {
    const row = this.database.prepare('SELECT * FROM account WHERE lookup = ?').get(lookupOf(name));
    const packed = typeof row?.['password'] === 'string' ? row['password'] : null;
    const right = await isPassword(password, packed);
    return right && row !== undefined && packed !== null ? { account: accountOf(row), packed } : undefined;
  }

  /** Where there was somebody who may change things, there always is: everybody else would be locked out. */
  private keepAnAdmin(name: string): void {
    const { people, admins } = this.database
      .prepare("SELECT count(*) AS people, count(*) FILTER (WHERE role = 'admin') AS admins FROM account")
      .get() as { readonly people: number; readonly admins: number };
    if (people > 0 && admins === 0) throw new FootfallError('access.last_admin', { name });
  }
}

/** One writing of a name: people do not remember its capitals. */
const lookupOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase();

/** An account of a row of its table. */
export const accountOf = (row: Readonly<Record<string, unknown>>): Account => ({
  id: String(row['id']),
  name: String(row['name']),
  role: row['role'] as AccountRole,
  created: Number(row['created']),
  signedIn: row['signed_in'] === null ? null : Number(row['signed_in']),
  hasPassword: row['password'] !== null,
});
