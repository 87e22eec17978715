import type { EventBatch } from '../../core/batch.ts';
import type { EpochMicros } from '../../core/time.ts';
import { contentKey, type EventContent, eventContents } from '../../engine/event-contents.ts';
import type { Reader } from '../../engine/read.ts';
import type { Shop } from '../../engine/shop.ts';
import { batchRow } from '../../source/columns/batch-rows.ts';
import type { ParsedRequest } from '../../source/json-request.ts';
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
  readonly batch: EventBatch;
  readonly row: number;
  readonly stored: Promise<unknown>;
}

/** What is known of an id: what its event says, and when that is on disk. */
interface Known {
  readonly content: EventContent;
  readonly stored?: Promise<unknown>;
}

/**
 * Says of events with an id whether they are known, before they are acknowledged: by the database, and by what was
 * accepted and is not in it yet. The engine finds copies by the same rule (semantics, "Events"), so that what is said
 * here and what is counted agree.
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
   * Judges a request's events, one request at a time. Where times were put right by that of arrival, copies are known by
   * everything else.
   * @param request its batch has symbols of its own
   * @param keep puts the new ones on disk: called once, before the next request is judged
   */
  judge<T>(
    { batch, estimatedTimes }: Pick<ParsedRequest, 'batch' | 'estimatedTimes'>,
    now: EpochMicros,
    keep: (judged: Judged) => Promise<T>,
  ): Promise<{ readonly kept: T }> {
    const key = (content: EventContent): string =>
      contentKey(estimatedTimes === true ? { ...content, event_time: '' } : content);
    // What `keep` begins is not waited for within the turn, or no two requests could be written together.
    return this.turn
      .take(async () => {
        const ids = idsOf(batch);
        const known = await this.knownAmong(ids, now);
        const fresh: number[] = [];
        const duplicates: number[] = [];
        const conflicts: Judged['conflicts'][number][] = [];
        const copied: Promise<unknown>[] = [];
        const mine = new Map<string, number>();
        for (let row = 0; row < batch.count; row += 1) {
          const id = ids[row] ?? null;
          const before = id === null ? undefined : (known.get(id) ?? ofRow(batch, mine.get(id)));
          if (id === null || before === undefined) {
            if (id !== null) mine.set(id, row);
            fresh.push(row);
            continue;
          }
          const place = batch.position[row] as number;
          if (key(before.content) === key(batchRow(batch, row, batch.symbols))) {
            duplicates.push(place);
            if (before.stored !== undefined) copied.push(before.stored);
          } else conflicts.push({ place, id });
        }
        const kept = keep({ fresh, duplicates, conflicts, copied: Promise.all(copied) });
        for (const [id, row] of mine) this.pending.set(id, { batch, row, stored: kept });
        kept.catch(() => this.forget(mine.keys()));
        return { kept };
      })
      .then(async ({ kept }) => ({ kept: await kept }));
  }

  /** The database holds these now, or they came to nothing. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.pending.delete(id);
  }

  /** Contents of the ids that are known. What is pending is looked at first: in between it may become stored. */
  private async knownAmong(ids: readonly (string | null)[], now: EpochMicros): Promise<ReadonlyMap<string, Known>> {
    const known = new Map<string, Known>();
    const others: string[] = [];
    for (const id of ids) {
      if (id === null) continue;
      const pending = this.pending.get(id);
      if (pending === undefined) others.push(id);
      else
        known.set(id, {
          content: batchRow(pending.batch, pending.row, pending.batch.symbols),
          stored: pending.stored,
        });
    }
    const suspects = this.shop.identity.suspects(others);
    if (suspects.length === 0) return known;
    const { symbols } = this.shop;
    const stored = await this.reader.ask([], (reading) =>
      eventContents(reading.database, suspects, now, (symbol) => symbols.textOf(symbol)),
    );
    for (const [id, content] of stored) known.set(id, { content });
    return known;
  }
}

function idsOf({ columns, count }: EventBatch): readonly (string | null)[] {
  const ids = columns['event_id'];
  return ids?.kind === 'text' ? ids.values : new Array<null>(count).fill(null);
}

const ofRow = (batch: EventBatch, row: number | undefined): Known | undefined =>
  row === undefined ? undefined : { content: batchRow(batch, row, batch.symbols) };
