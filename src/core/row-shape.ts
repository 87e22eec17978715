import type { EventField } from './event.ts';

/**
 * How the rows of a partition are written and what their columns mean: all that is needed to read one of its rows again
 * by itself. Kept with refused rows.
 */
export interface RowShape {
  readonly format: 'csv' | 'ndjson';
  /** Columns of a CSV in order; keys of the first line of NDJSON, for those who look at it. */
  readonly columns: readonly string[];
  /** Columns whose cells are printed doubles, with the freedom of JSON numbers (of converted files). */
  readonly numeric: readonly string[];
  /** Name of the vocabulary, or `mapped`. */
  readonly vocabulary: string;
  /** Source column → canonical fields; others are kept as properties. */
  readonly fields: Readonly<Record<string, readonly EventField[]>>;
  /** The source's words for event types. */
  readonly types: Readonly<Record<string, string>>;
  /** The type of events that bring none. */
  readonly type: string | null;
}
