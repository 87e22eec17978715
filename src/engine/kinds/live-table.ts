import type { ViewPlan } from '../../view/view.ts';

/** Temporary table of a view's live rows. */
export const liveTable = (view: ViewPlan): string => `live_${view.name}`;

/** Relation of a prepared view's rows in stored form: final ones and live ones. */
export const visibleRows = (view: ViewPlan): string => `visible_${view.name}`;
