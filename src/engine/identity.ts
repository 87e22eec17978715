import type { EventBatch, Rejected } from '../core/batch.ts';
import { type ColumnStore, EVENT_COLUMNS } from '../core/event.ts';
import { days, type EpochMicros } from '../core/time.ts';
import type { Database } from '../store/database.ts';
import { asText } from './columns.ts';
import { eventsWithIds } from './find-ids.ts';
import { FOREIGN } from './foreign-money.ts';
import { IdFilter } from './id-filter.ts';
import { hashId, idHashes } from './id-hash.ts';
import { columnOf, type Intake } from './intake.ts';

/** How long after its arrival a copy of an event is recognised (semantics, "Events"). */
export const IDENTITY_HORIZON = days(7);

/** What identity made of a batch. */
export interface IdentityOutcome {
  /** Rows that stay, ascending; null when all do. */
  readonly kept: readonly number[] | null;
  /** Copies that were left out. */
  readonly duplicates: number;
  /** Events whose id belongs to an event with other content. */
  readonly conflicts: readonly Rejected[];
}

const NONE = new Uint32Array();
const ALL: IdentityOutcome = { kept: null, duplicates: 0, conflicts: [] };
const CONTENT: readonly { readonly name: string; readonly store: ColumnStore }[] = [
  ...EVENT_COLUMNS.filter(({ name }) => name !== 'event_id'),
  { name: FOREIGN.price, store: 'money' },
  { name: FOREIGN.amount, store: 'money' },
];

/**
 * Finds copies: events whose id was given before. A filter in memory passes nearly all events; what it stops is
 * confirmed against raw, by content.
 */
export class Identity {
  private readonly database: Database;
  private readonly filter = new IdFilter();

  constructor(database: Database) {
    this.database = database;
  }

  /** Fills the filter with the ids that arrived within the horizon. */
  async load(now: EpochMicros): Promise<void> {
    const batches = await this.database.rows(
      `SELECT batch, epoch_us(arrival) AS arrival FROM batch WHERE arrival >= make_timestamp(${Math.floor(now - IDENTITY_HORIZON)})`,
    );
    const arrivals = new Map(batches.map((row) => [Number(row['batch']), Number(row['arrival'])]));
    if (arrivals.size === 0) return;
    const recent = `SELECT (id_hash & 4294967295)::UINTEGER, ((id_hash >> 32) & 4294967295)::UINTEGER, batch::UINTEGER FROM raw WHERE id_hash IS NOT NULL AND batch >= ${Math.min(...arrivals.keys())}`;
    for await (const [low = NONE, high = NONE, batch = NONE] of this.database.uint32Blocks(recent)) {
      for (const [row, each] of low.entries()) {
        const arrival = arrivals.get(batch[row] as number);
        if (arrival !== undefined) this.filter.add(each | 0, (high[row] as number) | 0, arrival);
      }
    }
  }

  /** Ids that may be known: of those that come for the first time nearly none. */
  suspects(ids: readonly string[]): readonly string[] {
    const halves = new Int32Array(2);
    return ids.filter((id) => {
      hashId(id, halves, 0);
      return this.filter.seen(halves[0] as number, halves[1] as number);
    });
  }

  /** Says which rows of a batch are new. May be asked again for the same batch when its transaction failed. */
  async examine(batch: EventBatch, intake: Intake, arrival: EpochMicros): Promise<IdentityOutcome> {
    const ids = columnOf(intake, 'event_id');
    if (ids.kind !== 'text') return ALL;
    this.filter.forget(arrival - IDENTITY_HORIZON);
    const hashes = idHashes(ids);
    if (hashes.kind !== 'int64') return ALL;
    const halves = new Int32Array(hashes.data.buffer, hashes.data.byteOffset, intake.count * 2);
    const suspects = new Set<string>();
    for (let row = 0; row < intake.count; row++) {
      const id = ids.values[row];
      if (id == null) continue;
      const [low, high] = [halves[2 * row] as number, halves[2 * row + 1] as number];
      if (this.filter.seen(low, high)) suspects.add(id);
      else this.filter.add(low, high, arrival);
    }
    return suspects.size === 0 ? ALL : this.decide(batch, intake, ids.values, suspects, arrival);
  }

  private async decide(
    batch: EventBatch,
    intake: Intake,
    ids: readonly (string | null)[],
    suspects: ReadonlySet<string>,
    arrival: EpochMicros,
  ): Promise<IdentityOutcome> {
    const first = await this.storedContent(suspects, arrival);
    const content = contentOf(intake);
    const kept: number[] = [];
    const conflicts: Rejected[] = [];
    let duplicates = 0;
    for (let row = 0; row < intake.count; row++) {
      const id = ids[row];
      if (id == null || !suspects.has(id)) {
        kept.push(row);
        continue;
      }
      const mine = content(row);
      const known = first.get(id);
      if (known === undefined) {
        first.set(id, mine);
        kept.push(row);
      } else if (known === mine) duplicates += 1;
      else conflicts.push(conflict(batch, row, id, mine));
    }
    return { kept: kept.length === intake.count ? null : kept, duplicates, conflicts };
  }

  /** Content by id of the suspects that raw really holds. */
  private async storedContent(suspects: ReadonlySet<string>, arrival: EpochMicros): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const list = [...suspects];
    const theirs = await eventsWithIds(this.database, list);
    if (theirs === null) return found;
    const columns = CONTENT.map(({ name, store }) => {
      if (store === 'money') return `(${name} * 10000)::BIGINT::VARCHAR`;
      if (store === 'time') return `epoch_us(${name})::VARCHAR`;
      return `${name}::VARCHAR`;
    });
    const hits = await this.database.jsonRows(
      `SELECT event_id, [${columns.join(', ')}] AS content FROM raw LEFT JOIN raw_extra USING (seq) WHERE ${theirs} AND batch IN (SELECT batch FROM batch WHERE arrival >= make_timestamp(${Math.floor(arrival - IDENTITY_HORIZON)}))`,
    );
    for (const { event_id: id, content } of hits) {
      if (typeof id === 'string' && suspects.has(id)) found.set(id, JSON.stringify(content));
    }
    return found;
  }
}

/** An event's content, in the form that `storedContent` reads from raw. */
function contentOf(intake: Intake): (row: number) => string {
  const columns = CONTENT.map(({ name }) => asText(columnOf(intake, name)));
  return (row) =>
    JSON.stringify(columns.map((column) => (column.kind === 'text' ? (column.values[row] ?? null) : null)));
}

function conflict(batch: EventBatch, row: number, id: string, content: string): Rejected {
  return {
    partition: batch.partition[row] as number,
    position: batch.position[row] as number,
    code: 'event.id_conflict',
    pointer: '/event_id',
    message: `another event with the id ${id.slice(0, 200)} and other content came first`,
    bytes: new TextEncoder().encode(content),
  };
}
