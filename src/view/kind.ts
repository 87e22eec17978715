import type { Micros } from '../core/time.ts';
import type { AnomalyPart } from './anomaly-part.ts';
import type { Expression } from './expression.ts';

/** How time is cut into windows. Fixed widths are aligned to 1970 UTC; calendar units follow the shop's zone. */
export type Windowing =
  | { readonly shape: 'tumbling'; readonly size: Micros }
  | { readonly shape: 'sliding'; readonly size: Micros; readonly step: Micros }
  | { readonly shape: 'calendar'; readonly unit: 'hour' | 'day' | 'week' | 'month' };

/** One result row per event that passes; computed when read, never stored twice. Slice: the event. */
export interface ProjectKind {
  readonly kind: 'project';
}

/** Rows per window and key. Slice: the window. Due: the window's end. */
export interface WindowKind {
  readonly kind: 'window';
  readonly windowing: Windowing;
}

/**
 * Rows per window and key over events, each with how many others followed it. Each follower goes to the latest event
 * before it, in (event_time, event_id), that equals it in all of `on` and is at most `within` older; null equals
 * nothing. Slice: the window. Due: the window's end + `within`.
 */
export interface MatchKind {
  readonly kind: 'match';
  readonly windowing: Windowing;
  /** The longest time after an event at which another still follows it, inclusive. */
  readonly within: Micros;
  /** Which events follow. */
  readonly followedBy: Expression;
  /** What an event and its followers have in common. */
  readonly on: readonly Expression[];
}

/**
 * Rows per session. Slice: a session id, or for events without one a visitor.
 * Due: strictly after the last event + gap.
 */
export interface SessionKind {
  readonly kind: 'session';
  readonly gap: Micros;
  /** True: a given session id is split wherever the gap is exceeded. Events without an id always are. */
  readonly split: boolean;
  /** True: the visitor is part of the key, and events without one take the session's only visitor. */
  readonly byVisitor: boolean;
}

/** Rows per window over the rows of a session view. Due: window end + the parent's gap, and no open session began in it. */
export interface RollupKind {
  readonly kind: 'rollup';
  readonly parent: string;
  readonly windowing: Windowing;
  /** Column of the parent whose time places a row in a window. */
  readonly on: string;
}

/**
 * One row per key: what there is of it, as the last count says and as events have moved it since, in order of time.
 * Slice: the key. A story has no end: a final row holds as of the frontier, which is the watermark.
 */
export interface LedgerKind {
  readonly kind: 'ledger';
  /** The dimension of dated counts. */
  readonly counts: 'stock';
  /** Which events take away; one that also adds takes. */
  readonly takes: Expression;
  readonly adds: Expression;
  /** How much an event moves, a whole number; 1 where it is null. */
  readonly quantity: Expression;
}

/**
 * Rows per stretch of a ledger's story in which too little was there: from where the balance falls below one number to
 * where it has reached another. Slice: the key. Final as a ledger is.
 */
export interface EpisodeKind {
  readonly kind: 'episode';
  /** The ledger. */
  readonly parent: string;
  readonly opensBelow: number;
  readonly closesAt: number;
}

/**
 * Rows per session and visitor that put something in a cart and were not heard of again in time: what is left in it, and
 * whether it was bought later after all. Slice: a session id, or for events without one a visitor, cut by the gap.
 * Due: strictly after the last cart event + `within`.
 */
export interface AbsenceKind {
  readonly kind: 'absence';
  /** Which events put something in the cart; one that also takes out puts in. */
  readonly adds: Expression;
  readonly removes: Expression;
  /** Which events are what a cart waits for. */
  readonly recoveredBy: Expression;
  /** What is put in, taken out or bought: a column by itself. */
  readonly item: Expression;
  /** How many pieces, a whole number; 1 where it is null. */
  readonly quantity: Expression;
  /** Of one piece. */
  readonly price: Expression;
  /** Of all that was bought. */
  readonly amount: Expression;
  /** Cart events without a session id that are further apart than this are of two carts. */
  readonly gap: Micros;
  /** How long after its last event a cart is abandoned. */
  readonly threshold: Micros;
  /** How long after its last event a cart may be recovered, and how long before it what was put in counts; inclusive. */
  readonly within: Micros;
}

/**
 * One row an event, with how far it is from what was usual, by parts, and why. What was usual are the events of the whole
 * shop days before its own. Slice: the event. Due: as soon as the watermark has passed it.
 */
export interface AnomalyKind {
  readonly kind: 'anomaly';
  /** How many whole days before the event's own. */
  readonly days: number;
  /** Each says how strange the event is, from 0 to 1; together they are 1 - product(1 - part). */
  readonly parts: readonly AnomalyPart[];
  /** From this score on an event is an anomaly. */
  readonly threshold: number;
  /** The reason of an event that has nothing to be compared with, and so no score. */
  readonly unknown: string;
}

export type Kind =
  | ProjectKind
  | WindowKind
  | MatchKind
  | SessionKind
  | RollupKind
  | AbsenceKind
  | LedgerKind
  | EpisodeKind
  | AnomalyKind;

/** How a kind whose slices are windows over events cuts time. */
export interface Cut {
  readonly windowing: Windowing;
  /** How long after a window's end events may still change its rows. */
  readonly reach: Micros;
}

/** Null for kinds that have other slices. */
export function cutOf(kind: Kind): Cut | null {
  if (kind.kind === 'window') return { windowing: kind.windowing, reach: 0 };
  return kind.kind === 'match' ? { windowing: kind.windowing, reach: kind.within } : null;
}

export const tumbling = (size: Micros): Windowing => ({ shape: 'tumbling', size });
export const sliding = (size: Micros, step: Micros): Windowing => ({ shape: 'sliding', size, step });
export const calendar = (unit: 'hour' | 'day' | 'week' | 'month'): Windowing => ({ shape: 'calendar', unit });
