import type { EpochMicros, Micros } from '../core/time.ts';

/** Where a visitor came from and what with: an attribute of a session, as its first or its last event says it. */
export const TOUCHES = ['channel', 'utm_source', 'device', 'country'] as const;
export type Touch = (typeof TOUCHES)[number];

export interface TouchOf {
  readonly touch: Touch;
  readonly which: 'first' | 'last';
}

/** Which events of which sessions count. */
export interface Scope {
  /** On the time of events: from (inclusive) and to (exclusive). */
  readonly from?: EpochMicros;
  readonly to?: EpochMicros;
  /** Sessions with one of these values each; null stands for none. */
  readonly where?: readonly (TouchOf & { readonly values: readonly (string | null)[] })[];
  /** Without sessions of bots. */
  readonly humans?: boolean;
}

/** Events that have one of each that is named; all events where nothing is. */
export interface EventPick {
  readonly types?: readonly string[];
  readonly products?: readonly string[];
  readonly categories?: readonly string[];
  readonly brands?: readonly string[];
}

/** What is counted once: a session, or a person over all sessions. */
export type Unit = 'session' | 'person';

/**
 * `ordered`: one step after the other, with anything between. `strict`: each step is the next event after the one
 * before. `any`: in any order.
 */
export type StepOrder = 'ordered' | 'strict' | 'any';

export interface FunnelQuestion extends Scope {
  readonly steps: readonly EventPick[];
  readonly order: StepOrder;
  readonly by: Unit;
  /** Longest time from the first step to the last; none where absent. */
  readonly within?: Micros;
  /** Of the session, or of the person's first or last session that has one. */
  readonly breakdown?: TouchOf;
}

export interface FunnelStep {
  /** Units that came at least as far as this step. */
  readonly count: number;
  /** Share of the units of the first step; null where there are none. */
  readonly of_first: number | null;
  /** Share of the units of the step before. */
  readonly of_previous: number | null;
  /** Sum of the amounts of all purchases, in the range, of the units that came as far; decimal text. */
  readonly revenue: string;
  /** From the step before, over the units that came as far; null at the first step and where nobody did. */
  readonly median_seconds: number | null;
  readonly mean_seconds: number | null;
}

export interface FunnelAnswer {
  readonly steps: readonly FunnelStep[];
  /** The same for each value of the breakdown, most units first; null is no value. */
  readonly groups: readonly { readonly value: string | null; readonly steps: readonly FunnelStep[] }[];
}

/** A stretch of time, microseconds, start inclusive and end exclusive. */
export interface Period {
  readonly start: EpochMicros;
  readonly end: EpochMicros;
}

export interface TrendQuestion extends Scope {
  readonly of: EventPick;
  /** Without gaps, in order; events outside of them are in the total only. */
  readonly periods: readonly Period[];
  readonly breakdown?: TouchOf;
}

export interface TrendCount {
  readonly events: number;
  readonly sessions: number;
  readonly persons: number;
  /** Sum of the amounts of the purchases among the events; decimal text. */
  readonly revenue: string;
}

export interface TrendSeries {
  readonly total: TrendCount;
  /** One for each period, in order. */
  readonly points: readonly TrendCount[];
}

export interface TrendAnswer extends TrendSeries {
  readonly groups: readonly (TrendSeries & { readonly value: string | null })[];
}

/** What a node of a path is named by. */
export type NodeBy = 'type' | 'category' | 'brand' | 'product';

export interface PathsQuestion extends Scope {
  /** Events that are part of a path. */
  readonly of: EventPick;
  readonly by: NodeBy;
  /** The path begins at the first such node; sessions without one have none. */
  readonly start?: string;
  /** The path ends at the first such node after its beginning; sessions without one have none. */
  readonly end?: string;
  /** Nodes of a path that are shown: the first ones, or with only an `end` the last ones. */
  readonly depth: number;
  /** Equal nodes that follow each other are one. */
  readonly collapse: boolean;
  /** Nodes that are named, most frequent first; all others are one. */
  readonly top: number;
}

export interface PathNode {
  /** Place in the path, from 1; with only an `end`, counted from it: 0 is the end. */
  readonly layer: number;
  /** Null: any other. */
  readonly node: string | null;
  /** Paths that run through it. */
  readonly count: number;
  /** Of these, paths that begin here, and that end here or go on unseen. */
  readonly started: number;
  readonly ended: number;
  /** Of the ended ones, those that go on beyond the depth. */
  readonly cut: number;
}

export interface PathEdge {
  /** Layer of the source. */
  readonly layer: number;
  readonly source: string | null;
  readonly target: string | null;
  readonly count: number;
}

export interface PathsAnswer {
  readonly sessions: number;
  readonly nodes: readonly PathNode[];
  readonly edges: readonly PathEdge[];
}

export interface RetentionQuestion extends Scope {
  /** A person is first seen with the first such event ever. */
  readonly first: EventPick;
  /** A person has come back in a period with such an event. */
  readonly back: EventPick;
  /** Without gaps, in order. */
  readonly periods: readonly Period[];
}

export interface RetentionAnswer {
  readonly cohorts: readonly {
    readonly start: EpochMicros;
    readonly persons: number;
    /** Persons seen in the cohort's own period, in the one after it, and so on to the last. */
    readonly back: readonly number[];
  }[];
}
