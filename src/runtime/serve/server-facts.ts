import type { OpenShop } from '../open-shop.ts';
import type { Vitals } from './watch-over.ts';

/** What a process that serves a shop knows beside the shop itself. */
export interface ServerFacts {
  readonly url: string;
  readonly reasons: () => readonly string[];
  readonly backlog: () => number;
  readonly vitals: () => Vitals;
}

const facts = new WeakMap<OpenShop, ServerFacts>();

/** Has operations know that the shop is served. */
export const tellServed = (open: OpenShop, told: ServerFacts): void => void facts.set(open, told);

/** Undefined where the shop is open, but not served. */
export const servedAs = (open: OpenShop): ServerFacts | undefined => facts.get(open);
