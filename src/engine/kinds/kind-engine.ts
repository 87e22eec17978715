import { withinSpan } from '../../compile/ledger.ts';
import type { Span } from '../../compile/window.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { ShopSnapshot } from '../shop.ts';
import type { Frontier } from '../state.ts';

/** What the engine asks of a kind (semantics, "Kinds"): closing, live rows, verification. One record for each. */
export interface KindEngine {
  /** Closes what is due and recomputes what was marked; returns up to where the view is closed now. */
  close(run: FinalizerRun, view: ViewPlan): Promise<Frontier>;
  /**
   * Fills the temporary table `table` with the rows of slices that are still open: stored columns and `late_events`.
   * @returns a condition on the result table (`t`) for the rows that they leave standing
   */
  live(shop: ShopSnapshot, view: ViewPlan, table: string): Promise<string>;
  /** Whether rows have a time that places them, so that they can be compared a stretch of history at a time. */
  readonly dated: boolean;
  /**
   * Rows of closed slices as recomputed from raw, against those that are stored: of a dated kind those that lie in the
   * stretch, of others all. Over stretches that cover history without overlap each row is compared once.
   */
  sides(shop: ShopSnapshot, view: ViewPlan, stretch: Span): Promise<readonly Sides[]>;
}

/** All of history. */
export const WHOLE: Span = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** A condition for a time to lie in a stretch; TRUE for all of history. */
export const liesIn = (time: string, stretch: Span, { context }: ShopSnapshot): string =>
  withinSpan(time, stretch, context).join(' AND ') || 'TRUE';

/** Prefix of the temporary tables that hold rows recomputed for a verification, until its end. */
export const RECOMPUTED = 'recomputed_';

/** One comparison: rows as they should be against rows as they are, both as SQL over the stored columns. */
export interface Sides {
  readonly should: string;
  readonly is: string;
}

/** The finalizer transaction as a kind sees it. */
export interface FinalizerRun {
  readonly shop: ShopSnapshot;
  readonly byEnd: boolean;
  readonly epoch: number;
  /** Why marked slices are computed again: the causes of the marks, `late` where there are none. */
  readonly cause: string;
  /** Why a slice that a close by end wrote may say something else now: what came after it, or facts that changed events. */
  readonly reopened: string;
  /** Minus infinity before there is one. */
  readonly watermark: EpochMicros;
  /** First and last event time in raw. */
  readonly extent: Span;
  /** Rows may be stored beyond the frontier, left by a close by end: closing has to compare. */
  readonly comparing: boolean;
  /** Where the view stood before this transaction. */
  before(view: ViewPlan): Frontier;
  /** Writes rows of slices that are closed now; `condition` picks what may be stored of them already. */
  write(view: ViewPlan, rows: string, condition: string, cause: string): Promise<void>;
  /** Replaces the stored rows that `condition` picks. Returns the number of differences. */
  restate(view: ViewPlan, rows: string, condition: string, cause: string): Promise<number>;
  /** Notes the times of changed rows, old and new, for the views made from them. */
  noteChanges(view: ViewPlan, times: readonly EpochMicros[]): void;
  /** Times noted of a view's rows in this transaction. */
  changesOf(view: string): readonly EpochMicros[];
}

export const NOT_CLOSED: Frontier = { until: Number.NEGATIVE_INFINITY, held: [] };

export const frontierOf = ({ final }: ShopSnapshot, view: ViewPlan): Frontier =>
  final.frontier[view.name] ?? NOT_CLOSED;

/** True while everything that came in was closed by end: nothing is live. */
export const allClosed = ({ final, ingest }: ShopSnapshot): boolean => final.byEnd && final.batch === ingest.batch;

/** Up to where rows are final, whether by watermark or by end. */
export const closedUntil = (shop: ShopSnapshot, view: ViewPlan): EpochMicros =>
  allClosed(shop) ? Number.POSITIVE_INFINITY : frontierOf(shop, view).until;

export const startsIn = ({ start, end }: Span, { context: { dialect } }: ShopSnapshot): string =>
  end === Number.POSITIVE_INFINITY
    ? `window_start >= ${dialect.instant(start)}`
    : `window_start >= ${dialect.instant(start)} AND window_start < ${dialect.instant(end)}`;

export const startsAmong = (starts: readonly EpochMicros[], { context: { dialect } }: ShopSnapshot): string =>
  starts.length === 0 ? 'FALSE' : `window_start IN (${starts.map((start) => dialect.instant(start)).join(', ')})`;
