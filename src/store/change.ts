import type { Json } from './value.ts';

/** A row as it is published. */
export type ResultRow = Readonly<Record<string, Json>>;

/** What a reader has to do with its copy of a view's final rows. */
export type Change =
  /** Put the row in the place of the one with the same key. */
  | { readonly op: 'upsert'; readonly row: ResultRow }
  /** Remove the row with this key: `row` has the key columns only. */
  | { readonly op: 'delete'; readonly row: ResultRow };
