import type { Micros } from '../core/time.ts';
import type { Expression } from './expression.ts';

/** What an anomaly view shows of an event besides its fields: its score, whether that is too much, and why. */
export const ANOMALY_COLUMNS = ['score', 'flag', 'reasons'] as const;
export type AnomalyColumn = (typeof ANOMALY_COLUMNS)[number];

/**
 * How far a number is from the usual one of its group: (ln(number) - mean) / deviation of the logarithms of the group's
 * events on the days before. `from` such deviations count for nothing, `to` for everything.
 */
export interface UnusualPart {
  readonly is: 'unusual';
  /** Money or a whole number; 0 is in no comparison. */
  readonly of: Expression;
  /** Stands in where there is none. */
  readonly missing?: number;
  /** The group: a name or an id. */
  readonly among: Expression;
  /** With fewer events of the group nothing is known. */
  readonly least: number;
  /** The least deviation, as a logarithm: prices of one product hardly differ. */
  readonly spread: number;
  readonly from: number;
  readonly to: number;
  /** The reason for a number that is too high; `{n}` is how many times the usual one it is, `{}` the group. */
  readonly above: string;
  /** The reason for one that is too low; without it, low numbers are nothing strange. `{n}` is how many times less. */
  readonly below?: string;
}

/**
 * A value that the group did not have on the days before: n / (n + m), of n events of the group with m different values.
 */
export interface UnseenPart {
  readonly is: 'unseen';
  /** A name. */
  readonly of: Expression;
  readonly among: Expression;
  /** The reason; `{n}` are the events before, `{}` is the value. */
  readonly says: string;
}

/** How many different values of a group there were up to the event. `from` are nothing strange, `to` surely are. */
export interface FrequentPart {
  readonly is: 'frequent';
  readonly of: Expression;
  readonly among: Expression;
  /** So long before the event, inclusive; the event itself and what happened at once count. */
  readonly within: Micros;
  readonly from: number;
  readonly to: number;
  /** The reason; `{n}` is how many. */
  readonly says: string;
}

export type AnomalyPart = UnusualPart | UnseenPart | FrequentPart;

/** @example unusual({ of: event('price'), among: event('product_id'), least: 3, spread: 0.3, from: 3, to: 5, above: '{n} times the usual price' }) */
export const unusual = (of: Omit<UnusualPart, 'is'>): UnusualPart => ({ is: 'unusual', ...of });
export const unseen = (of: Omit<UnseenPart, 'is'>): UnseenPart => ({ is: 'unseen', ...of });
export const frequent = (of: Omit<FrequentPart, 'is'>): FrequentPart => ({ is: 'frequent', ...of });
