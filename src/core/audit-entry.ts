import type { Role } from './role.ts';
import type { EpochMicros } from './time.ts';

/** Who acts: a key or a person over HTTP, or a user of the machine at its command line. */
export interface Actor {
  readonly kind: 'key' | 'person' | 'shell' | 'nobody';
  /** Of a key or an account; null where there is none. */
  readonly id: string | null;
  readonly name: string;
  readonly role: Role | null;
}

/** What is known of an action beside who and when. Never a secret, never a visitor: what is erased must not stay here. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** One line of the audit log. */
export interface AuditEntry {
  readonly at: EpochMicros;
  readonly who: Actor;
  /** Such as `sign-in`, `sql`, `erasure`, `key.create`. */
  readonly action: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** An address, or `this machine`. */
  readonly from: string;
  readonly details: AuditDetails;
}
