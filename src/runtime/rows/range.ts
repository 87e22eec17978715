import type { EpochMicros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import { timeColumn } from './view-columns.ts';

/** A range of the rows' time, end exclusive; open where it is not given. */
export interface Range {
  readonly from: EpochMicros | null;
  readonly to: EpochMicros | null;
}

/** Conditions on the view's time. */
export const within = (view: ViewPlan, { from, to }: Range): readonly string[] => [
  ...(from === null ? [] : [`"${timeColumn(view)}" >= make_timestamp(${from})`]),
  ...(to === null ? [] : [`"${timeColumn(view)}" < make_timestamp(${to})`]),
];
