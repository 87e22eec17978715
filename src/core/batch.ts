import type { RowShape } from './row-shape.ts';

/**
 * A batch: validated events between two positions, column by column, in buffers that can be transferred between
 * threads and copied into DuckDB vectors as they are. Made by the parse worker, consumed once by the engine.
 */

/** A column of fixed width. `valid` is absent while no value is null; else one byte a row, 1 = present. */
export interface FixedColumn {
  readonly kind: 'int8' | 'int32' | 'int64' | 'uuid';
  /** Little-endian: 1, 4, 8 or 16 bytes a row. A uuid is DuckDB's hugeint form (low 64 bits, then high with its top bit flipped). */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly valid?: Uint8Array<ArrayBuffer>;
}

/** A column of text; null stays null. */
export interface TextColumn {
  readonly kind: 'text';
  readonly values: (string | null)[];
}

/** A column of raw bytes. */
export interface BytesColumn {
  readonly kind: 'bytes';
  readonly values: readonly Uint8Array<ArrayBuffer>[];
}

/** A column whose values are all null in this batch. */
export interface AbsentColumn {
  readonly kind: 'absent';
}

export type BatchColumn = FixedColumn | TextColumn | AbsentColumn;

/** Bytes a row of a fixed column. */
export const COLUMN_WIDTH = { int8: 1, int32: 4, int64: 8, uuid: 16 } as const;

/** An event that was refused: it waits in quarantine with its bytes. */
export interface Rejected {
  /** Index into `EventBatch.partitions`. */
  readonly partition: number;
  readonly position: number;
  /** A code of the error catalogue, such as `event.price`. */
  readonly code: string;
  /** Canonical or source column, or a JSON pointer such as `/price`; empty when the whole row is meant. */
  readonly pointer: string;
  /** What is wrong, with the offending value cut to 200 characters. */
  readonly message: string;
  /** The bytes as they came (cut to 64 KiB). */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How far a partition of a source has been read. */
export interface PartitionProgress {
  /** Stable identity of the partition: the fingerprint of a file, a Kafka topic and partition. */
  readonly partition: string;
  /** Next position to read: everything before it is in this or an earlier batch. */
  readonly position: number;
  /** Largest event_time seen so far, microseconds; null before the first event. */
  readonly clock: number | null;
  /** True once the end of the partition was reached. */
  readonly ended: boolean;
  /** Of an ended one: its source went away before the end, and can never be read on. */
  readonly gone?: true;
}

export interface EventBatch {
  readonly count: number;
  /** event_time in microseconds since 1970 as plain numbers (exact below 2^53), for decisions in code. */
  readonly time: Float64Array<ArrayBuffer>;
  /** Columns by name of `EVENT_COLUMNS`; text columns of few values hold ids of the symbol table. */
  readonly columns: Readonly<Record<string, BatchColumn>>;
  /** Index into `partitions` for each row. */
  readonly partition: Uint16Array<ArrayBuffer>;
  /** Position of each row in its partition, bytes or rows. */
  readonly position: Float64Array<ArrayBuffer>;
  readonly partitions: readonly PartitionProgress[];
  /** Rows that have any field of `raw_extra`. One byte a row; absent when none has. */
  readonly extra?: Uint8Array<ArrayBuffer>;
  /** Symbols first used in this batch, in id order; the first has id `firstSymbol`. */
  readonly symbols: readonly string[];
  readonly firstSymbol: number;
  readonly rejected: readonly Rejected[];
  /** When it came in, if it was kept before it is taken in; microseconds. */
  readonly arrival?: number;
  /** How the rows of a partition are to be read, for those with rejected rows; by index into `partitions`. */
  readonly shapes?: ReadonlyMap<number, RowShape>;
}
