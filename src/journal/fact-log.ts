import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { RepairRule } from '../core/repair-rule.ts';
import type { EpochMicros } from '../core/time.ts';
import { encodeFact, FACT_FORMAT } from './fact-line.ts';
import { type FactScan, scanFacts } from './scan-facts.ts';
import { diskFailure, syncFolder, writeDurably } from './write-durably.ts';

/** A version of a dimension was loaded: rows hold from `validFrom`, or from the time in their own column. */
export interface DimensionFact {
  readonly kind: 'dimension';
  readonly dimension: 'product' | 'user' | 'rates' | 'stock';
  /** Name of the kept copy of the CSV, in `facts/` beside the log: the first digits of its SHA-256. */
  readonly file: string;
  /** Null: for always. */
  readonly validFrom: EpochMicros | null;
  readonly recorded: EpochMicros;
}

/** Definitions were put in force. */
export interface DefinitionsFact {
  readonly kind: 'definitions';
  /** Name of the kept JSON (zone, views), in `facts/` beside the log. */
  readonly file: string;
  readonly recorded: EpochMicros;
}

/** A rule was applied to refused rows. */
export interface RepairFact {
  readonly kind: 'repair';
  readonly rule: RepairRule;
  /** Name of the kept CSV of the rows (partition, position, content), in `facts/` beside the log. */
  readonly file: string;
  /** What is later is refused, however late it is read. */
  readonly recorded: EpochMicros;
}

/** A repair was taken back. */
export interface RepairUndoneFact {
  readonly kind: 'repair-undone';
  /** Number of its fact. */
  readonly repair: number;
  readonly recorded: EpochMicros;
}

/** Who a visitor is: whose events theirs are, or a bot. */
export interface PersonRow {
  /** As sent: a user id, or else an anonymous id. */
  readonly visitor: string;
  /** Of links: whose events they are. */
  readonly user?: string;
  /** From when on; null for always, and when withdrawn, whatever time they hold from. */
  readonly from: EpochMicros | null;
}

/** Links or marks were given, or withdrawn. */
export interface PeopleFact {
  readonly kind: 'people';
  readonly says: 'same_as' | 'bot';
  readonly withdrawn: boolean;
  readonly rows: readonly PersonRow[];
  readonly recorded: EpochMicros;
}

/** A person was erased. */
export interface ErasureFact {
  readonly kind: 'erasure';
  /** `anonymise`: the events stay, and are nobody's; `remove`: they are gone. */
  readonly mode: 'anonymise' | 'remove';
  /** Keyed digests of the person's visitor and session ids. */
  readonly ids: readonly string[];
  /** Random: what the ids become is made from it. */
  readonly salt: string;
  /** Events of a later time are not meant. */
  readonly recorded: EpochMicros;
}

/** Words for event types were mapped to types that have a meaning, or are words of their own again. */
export interface VocabularyFact {
  readonly kind: 'vocabulary';
  /** Word → type; null: not any more. */
  readonly types: Readonly<Record<string, string | null>>;
  readonly recorded: EpochMicros;
}

export type Fact =
  | DimensionFact
  | DefinitionsFact
  | RepairFact
  | RepairUndoneFact
  | PeopleFact
  | ErasureFact
  | VocabularyFact;

/** How many facts are known to have been on disk, kept outside the log: without it nobody misses lines at its end. */
export interface FactMark {
  /** 0 when nothing is noted. */
  read(): number;
  /** To be called when so many facts are on disk. */
  note(count: number): void;
}

type WholeScan = Extract<FactScan, { found: 'facts' }>;

const NO_MARK: FactMark = { read: () => 0, note: () => undefined };

/**
 * Facts in the order in which they were given, one line each with its number and a checksum, on disk before the fact
 * acts. With them, a deleted database is rebuilt (semantics, "Facts and dimensions").
 *
 * A torn last line, from a crash while it was written, never acted. Any other line that does not hold is damage: nothing
 * is read past it.
 */
export class FactLog {
  readonly path: string;
  private readonly mark: FactMark;
  private aside: string | null = null;

  private constructor(path: string, mark: FactMark) {
    this.path = path;
    this.mark = mark;
  }

  /** The log of a data folder. Without a mark, lines that are gone from its end are not missed. */
  static in(folder: string, mark: FactMark = NO_MARK): FactLog {
    return new FactLog(join(folder, 'facts.ndjson'), mark);
  }

  get folder(): string {
    return dirname(this.path);
  }

  /** Where `settle` put a torn line; null when there was none. */
  get setAside(): string | null {
    return this.aside;
  }

  /**
   * All facts, without a torn last line.
   * @throws FootfallError `journal.facts` naming the first fact that is lost, `store.version`
   */
  read(): readonly Fact[] {
    return this.scan(this.mark.read()).facts;
  }

  /**
   * All facts, when the log is opened to be written: a torn last line is put into a file of its own beside the log.
   *
   * @param acted how many facts are known to have acted: none of them can be torn or missing
   * @throws FootfallError as `read`
   */
  settle(acted: number): readonly Fact[] {
    const scan = this.scan(Math.max(acted, this.mark.read()));
    if (scan.torn.length > 0) this.putAside(scan);
    if (scan.facts.length > this.mark.read()) this.mark.note(scan.facts.length);
    return scan.facts;
  }

  /**
   * Returns the fact's number, counted from 1, when it is on disk. When it throws, the log is as it was.
   * @throws FootfallError as `read`, `store.disk_full`
   */
  append(fact: Fact): number {
    const scan = this.scan(this.mark.read());
    if (scan.torn.length > 0) this.putAside(scan);
    const number = scan.facts.length + 1;
    const fresh = !existsSync(this.path);
    const file = openSync(this.path, 'a');
    try {
      writeFileSync(
        file,
        Buffer.concat([Buffer.from(scan.ended ? '' : '\n'), encodeFact(fact, number), Buffer.from('\n')]),
      );
      fsyncSync(file);
    } catch (cause) {
      ftruncateSync(file, scan.end);
      throw diskFailure(cause, this.path);
    } finally {
      closeSync(file);
    }
    if (fresh) syncFolder(this.folder);
    this.mark.note(number);
    return number;
  }

  private scan(acted: number): WholeScan {
    const scan = scanFacts(existsSync(this.path) ? readFileSync(this.path) : Buffer.alloc(0), acted);
    if (scan.found === 'facts') return scan;
    const { path } = this;
    const { number } = scan;
    const where = `${path}:${number}`;
    if (scan.found === 'newer')
      throw new FootfallError('store.version', { found: scan.format, known: FACT_FORMAT }, { where });
    throw new FootfallError('journal.facts', { number, reason: scan.reason, path }, { where });
  }

  /** First the copy, then the cut: a crash between them sets the same bytes aside twice. */
  private putAside({ torn, end }: WholeScan): void {
    let path = `${this.path}.torn`;
    for (let n = 2; existsSync(path); n += 1) path = `${this.path}.torn-${n}`;
    writeDurably(path, torn);
    const file = openSync(this.path, 'r+');
    try {
      ftruncateSync(file, end);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.aside = path;
  }
}
