import type { OpenShop } from '../open-shop.ts';
import type { Sinks } from './sinks.ts';

const running = new WeakMap<OpenShop, Sinks>();

/** Has operations know the sinks that run. */
export const tellSinks = (open: OpenShop, sinks: Sinks): void => void running.set(open, sinks);

/** Undefined where the shop is open, but not served: then no sink runs. */
export const sinksOf = (open: OpenShop): Sinks | undefined => running.get(open);
