import type { Json } from '../store/value.ts';

/** A table that a query may read: Parquet files, all of one shape. */
export interface ExplorerTable {
  readonly name: string;
  readonly files: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What the explorer child is asked. */
export interface ExplorerTask {
  readonly sql: string;
  /** Only how it would be run is wanted. */
  readonly explain?: boolean;
  readonly limit: number;
  readonly mostBytes: number;
  readonly tables: readonly ExplorerTable[];
}

export interface ExplorerRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Json[])[];
  /** What the answer was cut by; null when it is whole. */
  readonly truncated: 'rows' | 'bytes' | null;
}

/** What it answers. */
export type ExplorerAnswer =
  | ExplorerRows
  /** `where` as 'line 2, column 15'. */
  | { readonly refused: string; readonly where: string | null }
  | { readonly failed: string; readonly where: string | null };
