import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { EpochMicros } from '../../core/time.ts';
import { atomically } from './durably.ts';

/** A line as it is kept. */
export interface AuditLine extends AuditEntry {
  readonly number: number;
  /** Of the line before and this one, in hexadecimal: whoever notes it can tell later that nothing before was changed. */
  readonly hash: string;
}

/** Which lines to read; newest first. */
export interface AuditQuery {
  readonly since?: EpochMicros;
  readonly until?: EpochMicros;
  /** One action, or a group of them: `key` is also `key.create`. */
  readonly action?: string;
  /** Only lines before this number. */
  readonly before?: number;
  readonly limit: number;
}

/** What became of the log. */
export interface AuditCheck {
  readonly lines: number;
  /** The number and hash of the last line; null where there is none. */
  readonly head: { readonly number: number; readonly hash: string } | null;
  /** What is wrong, with the line's number; at most a hundred. */
  readonly wrong: readonly { readonly number: number; readonly what: 'changed' | 'missing' }[];
}

const MOST_WRONG = 100;
const FIRST = Buffer.alloc(32);

/**
 * Who did what, in `control.db`: lines are only added, and each has the hash of all before it. That finds lines that were
 * changed or taken out; one who may write the file can make a new chain from some line on, which a hash finds that
 * was noted elsewhere.
 */
export class AuditLog {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  append(entry: AuditEntry): void {
    const { at, action } = entry;
    atomically(this.database, () => {
      const before = this.database.prepare('SELECT hash FROM audit ORDER BY number DESC LIMIT 1').get();
      const text = JSON.stringify(entry);
      this.database
        .prepare('INSERT INTO audit (at, action, entry, hash) VALUES (?, ?, ?, ?)')
        .run(at, action, text, hashOf(before?.['hash'] as Uint8Array | undefined, text));
    });
  }

  read({ since, until, action, before, limit }: AuditQuery): readonly AuditLine[] {
    return this.database
      .prepare(`
        SELECT number, entry, hash FROM audit
        WHERE at >= $since AND at < $until AND number < $before
          AND ($action IS NULL OR action = $action OR substr(action, 1, length($action) + 1) = $action || '.')
        ORDER BY number DESC LIMIT $limit`)
      .all({
        since: since ?? 0,
        until: until ?? Number.MAX_SAFE_INTEGER,
        before: before ?? Number.MAX_SAFE_INTEGER,
        action: action ?? null,
        limit,
      })
      .map((row) => ({
        number: Number(row['number']),
        ...(JSON.parse(String(row['entry'])) as AuditEntry),
        hash: hex(row['hash']),
      }));
  }

  /**
   * Looks at every line.
   * @param noted a head that was told earlier, and must still be in the chain
   */
  verify(noted?: { readonly number: number; readonly hash: string }): AuditCheck {
    const wrong: { number: number; what: 'changed' | 'missing' }[] = [];
    const tell = (number: number, what: 'changed' | 'missing'): void => {
      if (wrong.length < MOST_WRONG && !wrong.some((each) => each.number === number)) wrong.push({ number, what });
    };
    let [lines, last] = [0, 0];
    let hash: Uint8Array | undefined;
    let foundNoted = noted === undefined;
    for (const row of this.database.prepare('SELECT * FROM audit ORDER BY number').iterate()) {
      const number = Number(row['number']);
      for (let gone = last + 1; gone < number && wrong.length < MOST_WRONG; gone += 1) tell(gone, 'missing');
      const [entry, kept] = [String(row['entry']), row['hash'] as Uint8Array];
      const same = sameColumns(entry, row);
      // After a gap the former hash is not there any more: the next line still has to follow from this one.
      if (!same || (number === last + 1 && !Buffer.from(hashOf(hash, entry)).equals(kept))) tell(number, 'changed');
      if (noted?.number === number) foundNoted = hex(kept) === noted.hash;
      [lines, last, hash] = [lines + 1, number, kept];
    }
    // The highest number that was ever given.
    const given = this.database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").get();
    for (let gone = last + 1; gone <= Number(given?.['seq'] ?? 0) && wrong.length < MOST_WRONG; gone += 1)
      tell(gone, 'missing');
    if (noted !== undefined && !foundNoted) tell(noted.number, noted.number > last ? 'missing' : 'changed');
    return { lines, head: hash === undefined ? null : { number: last, hash: hex(hash) }, wrong };
  }
}

const hashOf = (before: Uint8Array | undefined, text: string): Uint8Array =>
  createHash('sha256')
    .update(before ?? FIRST)
    .update(text)
    .digest();

const hex = (value: unknown): string => Buffer.from(value as Uint8Array).toString('hex');

/** Columns that are asked for must say what the line says. */
function sameColumns(entry: string, row: Readonly<Record<string, unknown>>): boolean {
  try {
    const { at, action } = JSON.parse(entry) as AuditEntry;
    return at === Number(row['at']) && action === row['action'];
  } catch {
    return false;
  }
}
