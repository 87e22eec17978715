import type { EventBatch, Rejected } from '../core/batch.ts';
import { BLOCK_SLACK, type BlockParser } from './block.ts';
import { BatchBuilder } from './columns/batch-builder.ts';
import { type BatchRow, batchRows } from './columns/batch-rows.ts';
import { SymbolTable } from './columns/symbol-table.ts';

/** What became of some bytes. */
export interface ParsedBytes {
  readonly rows: readonly BatchRow[];
  readonly positions: readonly number[];
  readonly rejected: readonly Rejected[];
  /** Position of the next row: behind the end, but for a cut last row. */
  readonly next: number;
  readonly batches: readonly EventBatch[];
}

/**
 * Parses bytes that are all in memory: requests, fixtures and tests.
 *
 * @param blockBytes how many bytes the parser sees at first, and how many more when it needs them
 * @param arrival wall clock, microseconds
 */
export const parseBytes = (
  parser: BlockParser,
  content: Uint8Array,
  { blockBytes = content.length + 1, batchRows: rows = 1000, start = 0, arrival = 4e15 } = {},
): ParsedBytes => {
  const padded = new Uint8Array(content.length + BLOCK_SLACK);
  padded.set(content);
  const symbols = new SymbolTable([]);
  const texts: string[] = [];
  const result = {
    rows: [] as BatchRow[],
    positions: [] as number[],
    rejected: [] as Rejected[],
    batches: [] as EventBatch[],
  };
  const take = (batch: BatchBuilder): void => {
    const finished = batch.finish([]);
    result.rows.push(...batchRows(finished, texts));
    result.positions.push(...finished.position);
    result.rejected.push(...finished.rejected);
    result.batches.push(finished);
  };
  let at = start;
  let end = Math.min(content.length, start + blockBytes);
  let batch = new BatchBuilder(rows, symbols);
  for (;;) {
    // A buffer of its own for each window, so that nothing behind its end can be seen.
    const bytes = new Uint8Array(end - at + BLOCK_SLACK);
    bytes.set(padded.subarray(at, end));
    const parsed = parser.parse({
      bytes,
      view: new DataView(bytes.buffer),
      start: 0,
      end: end - at,
      base: at,
      byRow: false,
      final: end === content.length,
      full: false,
      batch,
      partition: 0,
      arrival,
      rows: rows - batch.count,
      until: Number.POSITIVE_INFINITY,
      knownCut: -1,
    });
    at += parsed.next;
    if (parsed.reason === 'limit') {
      take(batch);
      batch = new BatchBuilder(rows, symbols);
    } else if (end === content.length) {
      take(batch);
      return { ...result, next: at };
    } else {
      end = Math.min(content.length, end + blockBytes);
    }
  }
};
