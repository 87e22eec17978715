import type { BatchBuilder } from './columns/batch-builder.ts';

/** Bytes that must be readable after `end` of a block: scanners look ahead by whole words and whole cells. */
export const BLOCK_SLACK = 2048;

/** A run of bytes of one partition, and the batch that its events go to. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The events are in bytes[start, end). */
  readonly start: number;
  readonly end: number;
  /** Position in the partition of bytes[0]; with `byRow`, number of the first row. */
  readonly base: number;
  /** Positions count rows instead of bytes. */
  readonly byRow: boolean;
  /** Nothing follows `end`: it closes the last row. */
  readonly final: boolean;
  /** The window cannot grow: an event that does not end in it is too large. */
  readonly full: boolean;
  readonly batch: BatchBuilder;
  /** Index of the partition in the batch. */
  readonly partition: number;
  /** Wall clock now, microseconds. */
  readonly arrival: number;
  /** At most so many events or rejections. */
  readonly rows: number;
  /** Stop before the first event later than this (event-time pace); Infinity for no limit. */
  readonly until: number;
  /** Bytes of a cut last row that an earlier reading has reported already. */
  readonly knownCut: number;
}

/** What became of a block. */
export interface Parsed {
  /** Offset of the next row to read. */
  readonly next: number;
  /** Largest event_time of this block, or -Infinity. */
  readonly clock: number;
  /** Events and rejections. */
  readonly rows: number;
  /** `more`: the row at `next` is not whole; `limit`: enough rows; `later`: the row at `next` is after `until`. */
  readonly reason: 'more' | 'limit' | 'later';
  /** Time of the row that is later. */
  readonly laterAt: number;
  /** Bytes of a cut last row, which was reported but stays unread because the file may still grow. */
  readonly cut: number;
}

/** Turns bytes into events. Stateless between blocks but for caches: reading may start at any row. */
export interface BlockParser {
  parse(block: Block): Parsed;
}
