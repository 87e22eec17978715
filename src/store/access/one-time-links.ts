import type { DatabaseSync } from 'node:sqlite';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type EpochMicros, hours } from '../../core/time.ts';
import { type Account, type Accounts, accountOf } from './accounts.ts';
import { together } from './durably.ts';
import { packPassword } from './password.ts';
import { hashOf, newSecret } from './secret.ts';

const VALID = hours(24);

/** Links that let somebody set a password once, in `control.db`; of a link, only the SHA-256 is kept. */
export class OneTimeLinks {
  private readonly database: DatabaseSync;
  private readonly accounts: Accounts;

  constructor(database: DatabaseSync, accounts: Accounts) {
    this.database = database;
    this.accounts = accounts;
  }

  /**
   * The secret of a new link; former ones for the same person end.
   * @param account null: whoever has it becomes the first administrator
   */
  make(account: Account | null, now: EpochMicros): string {
    const secret = newSecret();
    together(this.database, () => {
      this.database.prepare('DELETE FROM one_time_link WHERE account IS ?').run(account?.id ?? null);
      this.database.prepare('INSERT INTO one_time_link VALUES (?, ?, ?)').run(hashOf(secret), account?.id ?? null, now);
    });
    return secret;
  }

  /**
   * Lets somebody in: sets their password, and ends the link.
   * @param name of the first administrator; anybody else has one already
   * @throws FootfallError `access.link` for one that was used, is too old or never was; `access.password`, `access.name`
   */
  async use(
    secret: string,
    { name, password }: { readonly name?: string; readonly password: string },
    now: EpochMicros,
  ): Promise<Account> {
    // Before a hash is made, which costs much.
    const known = this.whose(secret, now);
    const packed = await packPassword(password, known?.name ?? name ?? '');
    return together(this.database, () => {
      const account = this.whose(secret, now) ?? this.accounts.insert({ name: name ?? '', role: 'admin' }, now);
      this.database.prepare('DELETE FROM one_time_link WHERE hash = ?').run(hashOf(secret));
      return this.accounts.store(account, packed);
    });
  }

  /** Null: the first administrator. @throws FootfallError `access.link` */
  private whose(secret: string, now: EpochMicros): Account | null {
    const row = this.database
      .prepare('SELECT account FROM one_time_link WHERE hash = ? AND created > ?')
      .get(hashOf(secret), now - VALID);
    if (row === undefined) throw new FootfallError('access.link', {});
    if (row['account'] !== null) {
      const found = this.database.prepare('SELECT * FROM account WHERE id = ?').get(row['account'] as string);
      if (found !== undefined) return accountOf(found);
    }
    // Once there is somebody, nobody else becomes the first.
    if (this.accounts.list().length > 0) throw new FootfallError('access.link', {});
    return null;
  }
}
