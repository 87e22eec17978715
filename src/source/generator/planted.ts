/** Anomalous purchases that can be planted. */
export const ANOMALIES = ['price', 'quantity', 'place', 'velocity'] as const;
export type Anomaly = (typeof ANOMALIES)[number];

/** Up to how many of each kind the manifest lists one by one; the counts are always whole. */
const LISTED = 1000;

export interface PlantedAnomaly {
  readonly kind: Anomaly;
  readonly event_id: string | null;
  readonly event_time: string;
  readonly session_id: string | null;
  readonly user_id: string | null;
  readonly product_id: string | null;
}

export interface PlantedRow {
  readonly file: string;
  /** Data row of its file, from 1 (a CSV's header is not counted). */
  readonly row: number;
}

export interface PlantedBrokenRow extends PlantedRow {
  /** The code of the error catalogue with which the row must be refused, and the field it must point at. */
  readonly code: string;
  readonly field: string;
}

/** A count, and the first of what was counted. */
export interface Listed<T> {
  count: number;
  readonly first: T[];
}

export const listed = <T>(): Listed<T> => ({ count: 0, first: [] });

export function note<T>(list: Listed<T>, entry: () => T): void {
  list.count++;
  if (list.first.length < LISTED) list.first.push(entry());
}
