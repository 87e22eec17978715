import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBatch } from '../../core/batch.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type EpochMicros, hours, type Millis } from '../../core/time.ts';
import { eraseBatch } from '../../engine/erase/erase-batch.ts';
import { idConflict } from '../../engine/id-conflict.ts';
import { keepBatchRows } from '../../engine/merge-batches.ts';
import type { Shop } from '../../engine/shop.ts';
import type { EventJournal, JournalEntry, StoredAnswer } from '../../journal/event-journal.ts';
import type { ParsedRequest, RequestParser } from '../../source/json-request.ts';
import type { JournalSource } from './journal-source.ts';
import type { Judged, KnownIds } from './known-ids.ts';
import { answerOf } from './verdicts.ts';

/** A request with events, as it came. */
export interface CollectRequest {
  readonly body: Uint8Array;
  readonly arrival: EpochMicros;
  /** The sender's key for this request, with whose it is: the same one gets the same answer for a day. */
  readonly idempotencyKey?: string;
}

export interface Collected {
  /** The answer as JSON. */
  readonly text: string;
  /** It was given before, to an earlier request with the same key. */
  readonly replayed: boolean;
}

/** How long an answer is kept for its idempotency key. */
const KEEP_ANSWERS = hours(24);
/** How long a request may wait after a start for what was accepted before: until then copies of it are not known. */
const CATCHING_UP: Millis = 5_000;
/** Rows that may wait for the engine before more are refused. */
const MOST_WAITING = 1_000_000;

/**
 * Takes events in over HTTP: checked, told apart from copies, and on disk in the journal before anybody is told that
 * they were accepted.
 */
export class Collector {
  private readonly shop: Pick<Shop, 'tombstones' | 'views'>;
  private readonly journal: EventJournal;
  private readonly source: JournalSource;
  private readonly known: KnownIds;
  private behind = true;
  private readonly answers = new Map<string, StoredAnswer & { readonly given: EpochMicros }>();
  private readonly underWay = new Map<string, { readonly body: string; readonly answer: Promise<string> }>();

  constructor(
    shop: Pick<Shop, 'tombstones' | 'views'>,
    journal: EventJournal,
    source: JournalSource,
    known: KnownIds,
    now: EpochMicros,
  ) {
    this.shop = shop;
    this.journal = journal;
    this.source = source;
    this.known = known;
    void source.caughtUp.then(() => {
      this.behind = false;
    });
    for (const { arrival, answer } of journal.answers(now - KEEP_ANSWERS))
      this.answers.set(answer.key, { ...answer, given: arrival });
  }

  /** Requests whose events are on their way to disk. */
  get unsynced(): number {
    return this.journal.backlog;
  }

  /** Requests whose events went to disk since the start. */
  get synced(): number {
    return this.journal.written;
  }

  /** @param told of each write of the journal: its bytes, and how long it took until it was synced */
  onSync(told: (bytes: number, seconds: number) => void): void {
    this.journal.onSync(told);
  }

  /** Rows that wait to be taken in. */
  get backlog(): number {
    return this.source.backlog;
  }

  /**
   * @throws FootfallError `request.json` where the body is none, `request.idempotency` for a key with another body,
   *   `server.busy` while too much waits, `server.catching_up` after a start, `store.disk_full`, `journal.write`
   */
  async collect(parser: RequestParser, request: CollectRequest): Promise<Collected> {
    const { idempotencyKey: key, body } = request;
    if (key === undefined) return { text: await this.take(parser, request), replayed: false };
    const hash = createHash('sha256').update(body).digest('base64');
    const before = this.answers.get(key);
    const other = before ?? this.underWay.get(key);
    if (other !== undefined && other.body !== hash) throw new FootfallError('request.idempotency', {});
    if (before !== undefined) return { text: before.text, replayed: true };
    const first = this.underWay.get(key);
    if (first !== undefined) return { text: await first.answer, replayed: true };
    const answer = this.take(parser, request, { key, body: hash });
    this.underWay.set(key, { body: hash, answer });
    try {
      const text = await answer;
      this.remember({ key, body: hash, text }, request.arrival);
      return { text, replayed: false };
    } finally {
      this.underWay.delete(key);
    }
  }

  private async take(
    parser: RequestParser,
    { body, arrival }: CollectRequest,
    keyed?: Omit<StoredAnswer, 'text'>,
  ): Promise<string> {
    if (this.behind) await this.caughtUp();
    if (this.source.backlog >= MOST_WAITING) throw new FootfallError('server.busy', { waiting: this.source.backlog });
    const parsed = parser.parse(body, arrival);
    if (parsed === null) throw new FootfallError('request.json', {});
    const { kept } = await this.known.judge(parsed, arrival, async (judged) => {
      const text = JSON.stringify(answerOf(parsed, judged));
      // As the last thing before it is on disk: who was erased meanwhile is erased from it, too.
      const { tombstones, views } = this.shop;
      const batch = eraseBatch(toKeep(parsed, judged), tombstones, views);
      if (batch.count + batch.rejected.length > 0 || keyed !== undefined) {
        const stored = this.journal.append({
          batch,
          rows: parsed.rows,
          arrival,
          ...(keyed === undefined ? {} : { answer: { ...keyed, text } }),
        });
        // In the order in which they were numbered, which is that of the writes.
        this.source.offer(await stored);
      }
      await judged.copied;
      return text;
    });
    return kept;
  }

  private async caughtUp(): Promise<void> {
    const patience = new AbortController();
    const inTime = await Promise.race([
      this.source.caughtUp.then(() => true),
      sleep(CATCHING_UP, false, { signal: patience.signal, ref: false }),
    ]);
    patience.abort();
    if (!inTime) throw new FootfallError('server.catching_up', {});
  }

  private remember(answer: StoredAnswer, given: EpochMicros): void {
    this.answers.set(answer.key, { ...answer, given });
    for (const [key, kept] of this.answers) {
      if (kept.given >= given - KEEP_ANSWERS) break;
      this.answers.delete(key);
    }
  }
}

/** To be told when entries are committed. @example new JournalSource(journal, from, forgetTaken(known)) */
export const forgetTaken =
  (known: KnownIds) =>
  (entries: readonly JournalEntry[]): void => {
    for (const { batch } of entries) {
      const ids = batch.columns['event_id'];
      if (ids?.kind === 'text') known.forget(ids.values.filter((id) => id !== null));
    }
  };

/** The events that are new, and what is refused. */
function toKeep({ batch, line }: ParsedRequest, { fresh, conflicts }: Judged): EventBatch {
  const kept = fresh.length === batch.count ? batch : keepBatchRows(batch, fresh);
  const refused = conflicts.map(({ place, id }) =>
    idConflict(id, { partition: 0, position: place, bytes: line(place) }),
  );
  return { ...kept, rejected: [...batch.rejected, ...refused] };
}
