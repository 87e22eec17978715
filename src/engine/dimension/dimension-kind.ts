import type { EpochMicros } from '../../core/time.ts';
import type { ApplyFact } from '../fact-engine.ts';
import type { Shop } from '../shop.ts';

export type DimensionKind = 'product' | 'user' | 'rates' | 'stock';

/** What a dimension's file came to. */
export interface DimensionChange {
  readonly rows: number;
  /** Versions that are new or differ from what held before. */
  readonly changed: number;
  /** Events whose category, or converted money, changed. */
  readonly events: number;
}

/**
 * Reads a file of one dimension, and returns what taking it in does: rows without a time of their own hold from `from` on.
 * @param shownAs the path that the file was given by, for errors
 * @throws FootfallError `dimension.file`, `dimension.columns`, `dimension.row` naming the first bad line
 */
export type ReadDimension = (
  shop: Shop,
  csv: string,
  shownAs: string,
) => Promise<(from: EpochMicros) => ApplyFact<DimensionChange>>;

/**
 * The time from which a version that holds "for always" is kept: before any event (semantics, "Facts and dimensions").
 */
export const ALWAYS: EpochMicros = 0;
