import type { EventBatch, Rejected } from '../core/batch.ts';
import type { EpochMicros } from '../core/time.ts';
import { batchRow } from '../source/columns/batch-rows.ts';
import type { Database } from '../store/database.ts';
import { contentKey, eventContents, IDENTITY_HORIZON } from './event-contents.ts';
import { idConflict } from './id-conflict.ts';
import { IdFilter } from './id-filter.ts';
import { hashId, idHashes } from './id-hash.ts';
import { columnOf, type Intake } from './intake.ts';
import type { Symbols } from './symbols.ts';

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
const encoder = new TextEncoder();

/**
 * Finds copies: events whose id was given before. A filter in memory passes nearly all events; what it stops is
 * confirmed against raw, by content.
 */
export class Identity {
  private readonly database: Database;
  private readonly symbols: Symbols;
  private readonly filter = new IdFilter();

  constructor(database: Database, symbols: Symbols) {
    this.database = database;
    this.symbols = symbols;
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

  /** Takes note of events that are known not to be copies: all of them stay. */
  remember(intake: Intake, arrival: EpochMicros): IdentityOutcome {
    const hashes = idHashes(columnOf(intake, 'event_id'));
    if (hashes.kind !== 'int64') return ALL;
    const halves = new Int32Array(hashes.data.buffer, hashes.data.byteOffset, intake.count * 2);
    for (let row = 0; row < intake.count; row++)
      if (hashes.valid?.[row] !== 0) this.filter.add(halves[2 * row] as number, halves[2 * row + 1] as number, arrival);
    return ALL;
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
    const { symbols } = this;
    const stored = await eventContents(this.database, [...suspects], arrival, (symbol) => symbols.textOf(symbol));
    const first = new Map([...stored].map(([id, content]) => [id, contentKey(content)]));
    const kept: number[] = [];
    const conflicts: Rejected[] = [];
    let duplicates = 0;
    for (let row = 0; row < intake.count; row++) {
      const id = ids[row];
      if (id == null || !suspects.has(id)) {
        kept.push(row);
        continue;
      }
      const mine = contentKey(batchRow(intake, row, symbols.texts));
      const known = first.get(id);
      if (known === undefined) {
        first.set(id, mine);
        kept.push(row);
      } else if (known === mine) duplicates += 1;
      else {
        const [partition, position] = [batch.partition[row] as number, batch.position[row] as number];
        conflicts.push(idConflict(id, { partition, position, bytes: encoder.encode(mine) }));
      }
    }
    return { kept: kept.length === intake.count ? null : kept, duplicates, conflicts };
  }
}
