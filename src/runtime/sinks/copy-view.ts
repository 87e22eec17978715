import type { Cursor } from '../../core/cursor.ts';
import { type EpochMicros, minutes } from '../../core/time.ts';
import { changesSince } from '../../engine/changes.ts';
import type { Reader, Reading } from '../../engine/read.ts';
import type { RefusedRow, Sink, SinkTable } from '../../sink/sink.ts';
import type { Change, ResultRow } from '../../store/change.ts';
import type { ViewPlan } from '../../view/view.ts';
import { sinkTable } from './sink-table.ts';

/** Rows of open slices that a sink is given: the newest. */
const LIVE_ROWS = 10_000;
/** A copy in which nothing changed says so now and then: after a restart, little is looked through again. */
const NOTE_EVERY = minutes(1);

/** What came of one look at a view. */
export interface Copied {
  /** Where the copy stands, whether or not it says so itself yet. */
  readonly cursor: Cursor;
  readonly upserts: number;
  readonly deletes: number;
  readonly refused: readonly RefusedRow[];
}

/**
 * One view's way into one sink. Final rows come by whole epochs, and with them the rows of open slices of the same
 * state, so that what is final leaves no gap before it is there.
 */
export class ViewCopy {
  private readonly sink: Sink;
  private readonly view: ViewPlan;
  private table: SinkTable | undefined;
  /** Where the copy says it stands. */
  private stands: Cursor | null = null;
  /** Where it stands: nothing changed in between. */
  private reached: Cursor | null = null;
  private noted: EpochMicros = 0;
  /** The state whose open slices the copy has. */
  private live = '';

  constructor(sink: Sink, view: ViewPlan) {
    this.sink = sink;
    this.view = view;
  }

  /** Brings the copy to the present state; null where it is there already. @param live with the rows of open slices */
  async copy(reader: Reader, live: boolean, now: EpochMicros): Promise<Copied | null> {
    const { view, sink } = this;
    return reader.ask(live ? [view] : [], async (reading) => {
      const table = await this.prepared(reading);
      const final = await this.deliver(reading, table, now);
      const state = stateOf(reading);
      if (live && state !== this.live) {
        await sink.live(table, await openRows(reading, table));
        this.live = state;
      }
      return final;
    });
  }

  /** Has the next look begin anew, from what the copy says of itself. */
  forget(): void {
    this.table = undefined;
    this.live = '';
  }

  /** Has the copy made anew. */
  async reset(reader: Reader): Promise<void> {
    this.forget();
    await reader.ask([this.view], async (reading) => this.sink.reset(await this.prepared(reading)));
    this.forget();
  }

  private async prepared(reading: Reading): Promise<SinkTable> {
    if (this.table !== undefined) return this.table;
    await reading.prepare([this.view]);
    const table = await sinkTable(reading, this.view);
    await this.sink.prepare(table);
    this.stands = await this.sink.cursor(table);
    this.reached = this.stands;
    this.table = table;
    return table;
  }

  private async deliver(reading: Reading, table: SinkTable, now: EpochMicros): Promise<Copied | null> {
    const { reached } = this;
    if (reached?.epoch === reading.final.epoch && reached.generation === reading.generation) return null;
    const { kind, cursor: to, blocks } = changesSince(reading, this.view, reached);
    const { any, all } = await peeked(blocks);
    this.reached = to;
    if (kind === 'changes' && !any && now - this.noted < NOTE_EVERY)
      return { cursor: to, upserts: 0, deletes: 0, refused: [] };
    const done = await this.sink.deliver(table, { kind, from: this.stands, to, blocks: all });
    this.stands = to;
    this.noted = now;
    // All rows went, those of open slices, too.
    if (kind === 'snapshot') this.live = '';
    return { cursor: to, ...done };
  }
}

/** All that rows of open slices depend on. */
const stateOf = ({ generation, ingest, final, factsApplied }: Reading): string =>
  `${generation}/${ingest.batch}/${final.epoch}/${factsApplied}`;

/** Whether there is any change, and all of them. */
async function peeked(
  blocks: AsyncIterable<readonly Change[]>,
): Promise<{ readonly any: boolean; readonly all: AsyncIterable<readonly Change[]> }> {
  const iterator = blocks[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<readonly Change[]> {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { any: first.done !== true, all: all() };
}

function openRows({ database }: Reading, { name, time }: SinkTable): Promise<readonly ResultRow[]> {
  const newest = time === null ? '' : ` ORDER BY "${time}" DESC`;
  return database.jsonRows(`SELECT * FROM ${name} WHERE NOT is_final${newest} LIMIT ${LIVE_ROWS}`);
}
