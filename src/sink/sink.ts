import type { Cursor } from '../core/cursor.ts';
import type { Change, ResultRow } from '../store/change.ts';

/** A column of a copy, with DuckDB's name of its type. */
export interface SinkColumn {
  readonly name: string;
  readonly type: string;
  /** What it means, in a sentence; null where there is nothing to say. */
  readonly description: string | null;
}

/** A view as a sink keeps it. */
export interface SinkTable {
  /** Name of its kit: a schema or database of its own, as kits have tables of the same name. */
  readonly kit: string;
  readonly name: string;
  readonly description: string;
  readonly columns: readonly SinkColumn[];
  /** Columns by which a row is known; values may be null. */
  readonly keys: readonly string[];
  /** The column that places a row in time; null where there is none. */
  readonly time: string | null;
}

/** Whole epochs of final rows, to be taken in together. */
export interface Delivery {
  /** A snapshot has every row: what was there before has to go. */
  readonly kind: 'snapshot' | 'changes';
  /** Where the copy stands before, as it says itself; null where it holds nothing. */
  readonly from: Cursor | null;
  /** Where it stands afterwards. */
  readonly to: Cursor;
  readonly blocks: AsyncIterable<readonly Change[]>;
}

/** A row that a store refuses, whatever is done: kept with the reason, so that it stops no other. */
export interface RefusedRow {
  readonly row: ResultRow;
  readonly reason: string;
}

/** What became of a delivery. */
export interface Delivered {
  readonly upserts: number;
  readonly deletes: number;
  readonly refused: readonly RefusedRow[];
}

/**
 * A copy of results in somebody else's store. Rows and cursor are written together, or the rows again and the cursor
 * last: whatever ends the process, a copy says of itself how far it is, and is right when it goes on from there.
 *
 * Every method may throw a FootfallError `sink.*`: `sink.unreachable` is worth another try, the others want somebody to
 * mend what they name.
 */
export interface Sink {
  /** Makes what is missing of a table; none of its rows are touched. */
  prepare(table: SinkTable): Promise<void>;
  /** Where the copy of a table stands; null where it holds nothing. */
  cursor(table: SinkTable): Promise<Cursor | null>;
  deliver(table: SinkTable, delivery: Delivery): Promise<Delivered>;
  /**
   * Puts the rows of open slices in the place of those that were there. They are no part of the cursor, and take no final
   * row's place: what is final stands until its correction is final, too.
   */
  live(table: SinkTable, rows: readonly ResultRow[]): Promise<void>;
  /** Forgets how far the copy is: the next delivery is a snapshot. */
  reset(table: SinkTable): Promise<void>;
  close(): Promise<void>;
}
