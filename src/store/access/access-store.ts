import type { DatabaseSync } from 'node:sqlite';
import { ApiKeys } from '../api-keys.ts';
import { Accounts } from './accounts.ts';
import { AuditLog } from './audit-log.ts';
import { OneTimeLinks } from './one-time-links.ts';
import { SignIns } from './sign-ins.ts';

/** Who may come in, and who did what: the part of `control.db` that is about access. */
export class AccessStore {
  /** Keys of programs. */
  readonly keys: ApiKeys;
  /** People. */
  readonly accounts: Accounts;
  /** Their browsers. */
  readonly signIns: SignIns;
  readonly links: OneTimeLinks;
  readonly audit: AuditLog;

  constructor(database: DatabaseSync) {
    this.keys = new ApiKeys(database);
    this.accounts = new Accounts(database);
    this.signIns = new SignIns(database, this.accounts);
    this.links = new OneTimeLinks(database, this.accounts);
    this.audit = new AuditLog(database);
  }
}
