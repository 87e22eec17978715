import type { EventBatch, Rejected } from '../../core/batch.ts';
import type { EpochMicros } from '../../core/time.ts';
import { contentKey, type EventContent, eventContents } from '../../engine/event-contents.ts';
import type { Reader } from '../../engine/read.ts';
import type { Shop } from '../../engine/shop.ts';
import { batchRows } from '../../source/columns/batch-rows.ts';
import { Turn } from '../../store/turn.ts';

/** Events that are new, and why the others are not. */
export interface Judged {
  /** Rows of the batch that are new, ascending. */
  readonly fresh: readonly number[];
  /** Places in the request of events that were given before. */
  readonly duplicates: readonly number[];
  /** Places of events whose id belongs to an event with other content. */
  readonly conflicts: readonly { readonly place: number; readonly id: string }[];
  /** Settles when the events that these are copies of are on disk. */
  readonly copied: Promise<unknown>;
}

/** An event that was accepted and that the database does not hold yet. */
interface Pending {
  readonly content: string;
  readonly stored: Promise<unknown>;
}

/**
 * Says of events with an id whether they are known, before they are acknowledged: by the database, and by what was
 * accepted and is not in it yet. The engine finds copies by the same rule (semantics 1), so that what is said here and
 * what is counted agree.
 */
export class KnownIds {
  private readonly shop: Shop;
  private readonly reader: Reader;
  private readonly turn = new Turn();
  private readonly pending = new Map<string, Pending>();

  constructor(shop: Shop, reader: Reader) {
    this.shop = shop;
    this.reader = reader;
  }

  /**
   * Judges a request's events, one request at a time.
   * @param keep puts the new ones on disk: called once, before the next request is judged
   */
  judge<T>(batch: EventBatch, now: EpochMicros, keep: (judged: Judged) => Promise<T>): Promise<{ readonly kept: T }> {
    // What `keep` begins is not waited for within the turn, or no two requests could be written together.
    return this.turn
      .take(async () => {
        const rows = batchRows(batch, []);
        // Looked at before the database is: in between, what is pending may become stored.
        const pending = this.pendingAmong(rows);
        const known = await this.stored(rows, pending, now);
        const fresh: number[] = [];
        const duplicates: number[] = [];
        const conflicts: Judged['conflicts'][number][] = [];
        const copied: Promise<unknown>[] = [];
        const mine = new Map<string, string>();
        for (const [row, { event_id: id, ...content }] of rows.entries()) {
          const place = batch.position[row] as number;
          if (id === undefined) {
            fresh.push(row);
            continue;
          }
          const key = contentKey(content);
          const waiting = pending.get(id);
          const first = mine.get(id) ?? waiting?.content ?? known.get(id);
          if (first === undefined) {
            mine.set(id, key);
            fresh.push(row);
          } else if (first === key) {
            duplicates.push(place);
            if (waiting !== undefined) copied.push(waiting.stored);
          } else conflicts.push({ place, id });
        }
        const kept = keep({ fresh, duplicates, conflicts, copied: Promise.all(copied) });
        for (const [id, content] of mine) this.pending.set(id, { content, stored: kept });
        kept.catch(() => this.forget(mine.keys()));
        return { kept };
      })
      .then(async ({ kept }) => ({ kept: await kept }));
  }

  /** The database holds these now, or they came to nothing. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.pending.delete(id);
  }

  private pendingAmong(rows: readonly EventContent[]): ReadonlyMap<string, Pending> {
    const found = new Map<string, Pending>();
    for (const { event_id: id } of rows) {
      const pending = id === undefined ? undefined : this.pending.get(id);
      if (id !== undefined && pending !== undefined) found.set(id, pending);
    }
    return found;
  }

  private async stored(
    rows: readonly EventContent[],
    pending: ReadonlyMap<string, Pending>,
    now: EpochMicros,
  ): Promise<ReadonlyMap<string, string>> {
    const ids = rows.flatMap(({ event_id: id }) => (id === undefined || pending.has(id) ? [] : [id]));
    const suspects = this.shop.identity.suspects(ids);
    if (suspects.length === 0) return new Map();
    const { symbols } = this.shop;
    const found = await this.reader.ask([], (reading) =>
      eventContents(reading, suspects, now, (symbol) => symbols.textOf(symbol)),
    );
    return new Map([...found].map(([id, content]) => [id, contentKey(content)]));
  }
}

/** How a conflict waits in quarantine. */
export const conflictOf = (place: number, id: string, bytes: Uint8Array<ArrayBuffer>): Rejected => ({
  partition: 0,
  position: place,
  code: 'event.id_conflict',
  pointer: '/event_id',
  message: `another event with the id ${id.slice(0, 200)} and other content came first`,
  bytes,
});
