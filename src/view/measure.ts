import type { Expression } from './expression.ts';

/** A number (or list) made from all events, or parent rows, of one result row. Plain, serialisable data. */
export type Measure =
  | { readonly kind: 'count'; readonly where?: Expression }
  | { readonly kind: 'sum' | 'min' | 'max' | 'stddev'; readonly of: Expression; readonly where?: Expression }
  /** `unit` divides the result: an average of microseconds with unit 60e6 is in minutes. */
  | { readonly kind: 'avg'; readonly of: Expression; readonly unit: number; readonly where?: Expression }
  /** Exact number of distinct non-null values. */
  | { readonly kind: 'distinct'; readonly of: Expression; readonly where?: Expression }
  /** Sorted distinct non-null values. */
  | { readonly kind: 'list'; readonly of: Expression; readonly where?: Expression }
  /** The element at rank ceil(p * n) of the sorted values: discrete, an element of the set. */
  | { readonly kind: 'quantile'; readonly of: Expression; readonly p: number; readonly where?: Expression }
  /** The value of the first or last event in (event_time, event_id) that has one. */
  | { readonly kind: 'first' | 'last'; readonly of: Expression; readonly where?: Expression }
  /**
   * The values of all events in (event_time, event_id), nulls too: the n-th elements of two sequences are of one event.
   * Of session views.
   */
  | { readonly kind: 'sequence'; readonly of: Expression }
  /** True when any event meets the condition. */
  | { readonly kind: 'has'; readonly where: Expression }
  /** Sum of two measures. */
  | { readonly kind: 'plus'; readonly left: Measure; readonly right: Measure }
  /** Numerator over denominator as a double; null where the denominator is 0. */
  | { readonly kind: 'ratio'; readonly numerator: Measure; readonly denominator: Measure; readonly per: string };

type Filter = { where?: Expression };
const filtered = (filter?: Filter): Filter => (filter?.where === undefined ? {} : { where: filter.where });

export const count = (filter?: Filter): Measure => ({ kind: 'count', ...filtered(filter) });
export const sum = (of: Expression, filter?: Filter): Measure => ({ kind: 'sum', of, ...filtered(filter) });
export const min = (of: Expression, filter?: Filter): Measure => ({ kind: 'min', of, ...filtered(filter) });
export const max = (of: Expression, filter?: Filter): Measure => ({ kind: 'max', of, ...filtered(filter) });
/** Exact sum over count, divided once as a double. */
export const avg = (of: Expression, filter?: Filter & { unit?: number }): Measure => ({
  kind: 'avg',
  of,
  unit: filter?.unit ?? 1,
  ...filtered(filter),
});
/** Sample standard deviation (n - 1) from exact sums; null below two values. */
export const stddev = (of: Expression, filter?: Filter): Measure => ({ kind: 'stddev', of, ...filtered(filter) });
export const distinct = (of: Expression, filter?: Filter): Measure => ({ kind: 'distinct', of, ...filtered(filter) });
export const list = (of: Expression, filter?: Filter): Measure => ({ kind: 'list', of, ...filtered(filter) });
export const quantile = (of: Expression, p: number, filter?: Filter): Measure => ({
  kind: 'quantile',
  of,
  p,
  ...filtered(filter),
});
export const median = (of: Expression, filter?: Filter): Measure => quantile(of, 0.5, filter);
export const first = (of: Expression, filter?: Filter): Measure => ({ kind: 'first', of, ...filtered(filter) });
export const last = (of: Expression, filter?: Filter): Measure => ({ kind: 'last', of, ...filtered(filter) });
export const sequence = (of: Expression): Measure => ({ kind: 'sequence', of });
export const has = (where: Expression): Measure => ({ kind: 'has', where });
export const plus = (left: Measure, right: Measure): Measure => ({ kind: 'plus', left, right });
/**
 * A rate names its denominator, so that nobody has to guess what it is a share of.
 * @example ratio(count({ where: type('purchase') }), count(), 'events')
 */
export const ratio = (numerator: Measure, denominator: Measure, per: string): Measure => ({
  kind: 'ratio',
  numerator,
  denominator,
  per,
});
