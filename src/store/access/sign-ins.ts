import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { days, type EpochMicros, hours, minutes } from '../../core/time.ts';
import { type Account, type Accounts, accountOf, type Checked } from './accounts.ts';
import { atomically, durably } from './durably.ts';
import { quietly } from './quietly.ts';
import { hashOf, newSecret } from './secret.ts';

/** After this without a request somebody signs in again. */
const IDLE = hours(8);
/** However busy they are, after this they do, too. */
export const SIGNED_IN_FOR = days(7);
/** What was seen is noted so often: not every request writes. */
const NOTE_EVERY = minutes(1);
/** Browsers of one account; the oldest is signed out for another one. */
const MOST = 20;

/** Somebody who is signed in at a browser. */
export interface SignIn {
  readonly account: Account;
  /** When they have to sign in again at the latest. */
  readonly expires: EpochMicros;
}

/** The browsers that are signed in, in `control.db`. */
export class SignIns {
  private readonly database: DatabaseSync;
  private readonly accounts: Accounts;
  /** Asked at every request. */
  private readonly valid: StatementSync;
  private readonly note: StatementSync;

  constructor(database: DatabaseSync, accounts: Accounts) {
    this.database = database;
    this.accounts = accounts;
    this.valid = database.prepare(`
      SELECT account.*, sign_in.created AS began, sign_in.seen AS seen
      FROM sign_in JOIN account ON account.id = sign_in.account
      WHERE sign_in.hash = ? AND sign_in.created > ? AND sign_in.seen > ?`);
    this.note = database.prepare('UPDATE sign_in SET seen = ? WHERE hash = ?');
  }

  /**
   * Signs somebody in.
   * @returns the secret of the browser's cookie: kept nowhere
   * @throws FootfallError `access.sign_in` for somebody who was removed, or whose password that was checked has ended
   */
  begin(who: Account | Checked, now: EpochMicros): string {
    const { id } = 'account' in who ? who.account : who;
    const secret = newSecret();
    const run = (sql: string, ...values: readonly (string | number | Uint8Array)[]) =>
      this.database.prepare(sql).run(...values);
    atomically(this.database, () => {
      if ('account' in who) this.accounts.still(who);
      const { changes } = run('UPDATE account SET signed_in = ? WHERE id = ?', now, id);
      if (changes === 0) throw new FootfallError('access.sign_in', {});
      run('DELETE FROM sign_in WHERE created <= ? OR seen <= ?', now - SIGNED_IN_FOR, now - IDLE);
      run('INSERT INTO sign_in VALUES (?, ?, ?, ?)', hashOf(secret), id, now, now);
      run(
        'DELETE FROM sign_in WHERE hash IN (SELECT hash FROM sign_in WHERE account = ? ORDER BY seen DESC, rowid DESC LIMIT -1 OFFSET ?)',
        id,
        MOST,
      );
    });
    return secret;
  }

  /** Whose cookie this is; undefined for anything that is not valid any more. It counts as a request. */
  find(secret: string, now: EpochMicros): SignIn | undefined {
    const hash = hashOf(secret);
    const row = this.valid.get(hash, now - SIGNED_IN_FOR, now - IDLE);
    if (row === undefined) return undefined;
    // A database that cannot be written now keeps nobody out who is signed in.
    if (now - Number(row['seen']) >= NOTE_EVERY) quietly(() => this.note.run(now, hash));
    return signInOf(row);
  }

  /** As `find`, and is no request: a page that stays open keeps nobody signed in. */
  look(secret: string, now: EpochMicros): SignIn | undefined {
    const row = this.valid.get(hashOf(secret), now - SIGNED_IN_FOR, now - IDLE);
    return row === undefined ? undefined : signInOf(row);
  }

  /** Signs one browser out. */
  end(secret: string): void {
    durably(this.database, () => this.database.prepare('DELETE FROM sign_in WHERE hash = ?').run(hashOf(secret)));
  }

  /** Signs somebody out everywhere. @returns browsers */
  endAll({ id }: Account): number {
    const { changes } = durably(this.database, () =>
      this.database.prepare('DELETE FROM sign_in WHERE account = ?').run(id),
    );
    return Number(changes);
  }
}

const signInOf = (row: Readonly<Record<string, unknown>>): SignIn => ({
  account: accountOf(row),
  expires: Number(row['began']) + SIGNED_IN_FOR,
});
