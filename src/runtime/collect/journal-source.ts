import type { EventBatch, PartitionProgress } from '../../core/batch.ts';
import type { EpochMicros } from '../../core/time.ts';
import { mergeBatches } from '../../engine/merge-batches.ts';
import type { EventJournal, JournalEntry } from '../../journal/event-journal.ts';
import type { BatchSource } from '../replay.ts';

/** The partition of the events that came over HTTP. */
export const JOURNAL = 'journal';
/** Most rows of requests that are taken in at once. */
const BATCH_ROWS = 50_000;

/**
 * The journal as a live source: first the entries that the engine has not seen, then each as it comes. Entries that are
 * waiting are taken in together.
 */
export class JournalSource implements BatchSource {
  readonly live = true;
  readonly batches: AsyncIterable<EventBatch>;
  /** Resolves when what was on disk before is taken in. */
  readonly caughtUp: Promise<void>;
  private readonly waiting: JournalEntry[] = [];
  private readonly onTaken: (entries: readonly JournalEntry[]) => void;
  private clock: EpochMicros | null;
  private rows = 0;
  private idleSince: EpochMicros | null = null;
  private ended = false;
  private wake: () => void = () => undefined;

  /**
   * @param from what the engine has seen of the journal
   * @param onTaken told when entries are committed
   */
  constructor(
    journal: Pick<EventJournal, 'read'>,
    from: Pick<PartitionProgress, 'position' | 'clock'>,
    onTaken: (entries: readonly JournalEntry[]) => void,
  ) {
    this.clock = from.clock;
    this.onTaken = onTaken;
    const caughtUp = Promise.withResolvers<void>();
    this.caughtUp = caughtUp.promise;
    this.batches = this.read(journal.read(from.position), caughtUp.resolve);
  }

  /** Rows that wait to be taken in. */
  get backlog(): number {
    return this.rows;
  }

  /** Hands over an entry that is on disk. In the order of their numbers. */
  offer(entry: JournalEntry): void {
    this.rows += rowsOf(entry);
    this.waiting.push(entry);
    this.wake();
  }

  heads(): ReadonlyMap<string, EpochMicros> {
    return this.idleSince === null ? new Map() : new Map([[JOURNAL, this.idleSince]]);
  }

  async close(): Promise<void> {
    this.ended = true;
    this.wake();
  }

  private async *read(stored: Iterable<JournalEntry>, caughtUp: () => void): AsyncGenerator<EventBatch> {
    for (const group of groups(stored)) {
      if (this.ended) return;
      yield this.merged(group);
      this.onTaken(group);
    }
    caughtUp();
    for (;;) {
      const group = this.next();
      if (group.length === 0) {
        // What was accepted is taken in before the end.
        if (this.ended) return;
        this.idleSince ??= Date.now() * 1000;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      this.idleSince = null;
      yield this.merged(group);
      this.rows -= group.reduce((sum, entry) => sum + rowsOf(entry), 0);
      this.onTaken(group);
    }
  }

  private next(): readonly JournalEntry[] {
    let [taken, rows] = [0, 0];
    while (taken < this.waiting.length && (taken === 0 || rows < BATCH_ROWS)) {
      rows += rowsOf(this.waiting[taken] as JournalEntry);
      taken += 1;
    }
    return this.waiting.splice(0, taken);
  }

  private merged(entries: readonly JournalEntry[]): EventBatch {
    let position = 0;
    for (const { batch } of entries) {
      for (const progress of batch.partitions) {
        position = Math.max(position, progress.position);
        if (progress.clock !== null) this.clock = Math.max(this.clock ?? progress.clock, progress.clock);
      }
    }
    const progress = { partition: JOURNAL, position, clock: this.clock, ended: false };
    const arrival = entries.reduce((latest, entry) => Math.max(latest, entry.arrival), 0);
    return {
      ...mergeBatches(
        entries.map(({ batch }) => batch),
        progress,
      ),
      arrival,
    };
  }
}

const rowsOf = ({ batch }: JournalEntry): number => batch.count + batch.rejected.length;

function* groups(entries: Iterable<JournalEntry>): Generator<readonly JournalEntry[]> {
  let group: JournalEntry[] = [];
  let rows = 0;
  for (const entry of entries) {
    group.push(entry);
    rows += rowsOf(entry);
    if (rows < BATCH_ROWS) continue;
    yield group;
    [group, rows] = [[], 0];
  }
  if (group.length > 0) yield group;
}
