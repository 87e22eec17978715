/** A version of a product in the catalogue. Columns beyond these are kept and ignored. */
export interface ProductVersion {
  readonly product_id: string;
  readonly product_name?: string | null;
  readonly category_name?: string | null;
  /** ISO 8601 UTC; null or absent = the first load, which holds for always. */
  readonly valid_from?: string | null;
  readonly [column: string]: string | null | undefined;
}

/** A version of a user; every column but `user_id` and `valid_from` appears in `enriched_events`. */
export interface UserVersion {
  readonly user_id: string;
  /** ISO 8601 UTC; null or absent = the first load, which holds for always. */
  readonly valid_from?: string | null;
  readonly [column: string]: string | null | undefined;
}

/** What one unit of a currency is worth in the shop's, from the start of a shop day until the next rate. */
export interface Rate {
  /** `YYYY-MM-DD` in the shop's zone. */
  readonly date: string;
  readonly currency: string;
  /** Decimal text. */
  readonly rate: string;
}

/** How many pieces of a product were there at a time. */
export interface Count {
  readonly product_id: string;
  /** A whole number from 0 on, as text. */
  readonly stock: string;
  /** ISO 8601 UTC; null or absent = the first load, before all events. */
  readonly counted_at?: string | null;
}

/** All that can change a number and is no event. */
export interface OracleFacts {
  readonly products?: readonly ProductVersion[];
  readonly users?: readonly UserVersion[];
  /** Of two for one day the later given wins. */
  readonly rates?: readonly Rate[];
  /** Of two for one product and time the later given wins. */
  readonly counts?: readonly Count[];
}

export interface OracleSettings {
  /** IANA zone of the shop; default `UTC`. */
  readonly zone?: string;
  /** Inactivity that still joins, in microseconds; default 30 minutes. */
  readonly gapMicros?: number;
  /** The shop's currency; default `USD`. */
  readonly currency?: string;
}

/** A value as `footfall query --json` prints it. */
export type Cell =
  | null
  | string
  | number
  | boolean
  | readonly (string | null | { readonly [field: string]: string | number | null })[];
export type Row = Readonly<Record<string, Cell>>;
