import { createHmac } from 'node:crypto';
import type { EpochMicros } from '../../core/time.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';

/** One erasure, as it is applied to what comes in. */
export type Tombstone = Pick<ErasureFact, 'mode' | 'salt' | 'ids' | 'recorded'>;

const DIGEST_DIGITS = 32;
/** Shorter words are too common to be taken for an id within other text. */
const SHORTEST_WORD = 4;
const BETWEEN_WORDS = /[\s"',;:{}[\]()<>|=&?/\\~]+/;
/** Values that were looked up: whole columns of ids pass by. */
const MOST_REMEMBERED = 1_000_000;

/**
 * Who was erased, known by nothing but keyed digests of their ids: without the key nobody can tell whose they are, and
 * with it only whoever has an id can ask for it.
 */
export class Tombstones {
  private readonly key: Buffer;
  private readonly byDigest = new Map<string, Tombstone>();
  private readonly seen = new Map<string, Tombstone | null>();

  constructor(key: Buffer, stones: readonly Tombstone[]) {
    this.key = key;
    for (const stone of stones) for (const id of stone.ids) if (!this.byDigest.has(id)) this.byDigest.set(id, stone);
  }

  get empty(): boolean {
    return this.byDigest.size === 0;
  }

  digest(id: string): string {
    return createHmac('sha256', this.key).update(`id\0${id}`).digest('hex').slice(0, DIGEST_DIGITS);
  }

  /** The erasure of an id, if there was one. */
  of(id: string): Tombstone | null {
    const known = this.seen.get(id);
    if (known !== undefined) return known;
    const found = this.byDigest.get(this.digest(id)) ?? null;
    if (this.seen.size >= MOST_REMEMBERED) this.seen.clear();
    this.seen.set(id, found);
    return found;
  }

  /** Whether a text is an erased id, or has one in it as a word. */
  within(text: string): boolean {
    if (this.of(text) !== null) return true;
    return text.split(BETWEEN_WORDS).some((word) => word.length >= SHORTEST_WORD && this.of(word) !== null);
  }

  /**
   * What stands for an id of an erased person from then on: random by the erasure's salt, the same wherever the id comes
   * again, and of the id's own form, so that columns of numbers or UUIDs stay what they are.
   */
  surrogate({ salt }: Tombstone, id: string): string {
    const bytes = createHmac('sha256', this.key).update(`surrogate\0${salt}\0${id}`).digest();
    if (isWhole(id)) return String((bytes.readBigUInt64BE(0) & 0x1fff_ffff_ffff_ffffn) | 0x1000_0000_0000_0000n);
    const hex = bytes.toString('hex');
    if (UUID.test(id))
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    return `erased-${hex.slice(0, 24)}`;
  }
}

/** Where nobody was erased. */
export const NOBODY = new Tombstones(Buffer.alloc(0), []);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A number that a column of numbers holds as it is written. */
const isWhole = (id: string): boolean =>
  /^(?:0|-?[1-9]\d{0,18})$/.test(id) && BigInt.asIntN(64, BigInt(id)) === BigInt(id);

/** An event's ids, as text. */
export interface EventIds {
  readonly user: string | null;
  readonly anonymous: string | null;
  readonly session: string | null;
}

/** What an erasure means for an event: it is the person's, or only its session was. */
export type Verdict = { readonly is: 'theirs' | 'beside'; readonly stone: Tombstone };

/** Whether an event is to be erased: events of a later time are of somebody who came back. */
export function verdictOf(
  tombstones: Tombstones,
  { user, anonymous, session }: EventIds,
  at: EpochMicros,
): Verdict | null {
  const during = (id: string | null): Tombstone | null => {
    const stone = id === null ? null : tombstones.of(id);
    return stone !== null && at <= stone.recorded ? stone : null;
  };
  const visitor = during(user) ?? during(anonymous);
  if (visitor !== null) return { is: 'theirs', stone: visitor };
  const stone = during(session);
  if (stone === null) return null;
  return { is: user === null && anonymous === null ? 'theirs' : 'beside', stone };
}
