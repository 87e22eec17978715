import type { ViewPlan } from './view.ts';

export function checkView(_plan: ViewPlan): void {}
