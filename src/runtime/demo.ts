import type { Millis } from '../core/time.ts';
import { demoPlan } from './demo-plan.ts';
import { demoSource } from './demo-source.ts';
import type { OpenShop } from './open-shop.ts';
import type { BatchSource } from './replay.ts';

export interface DemoWish {
  /** Another shop than the last one. */
  readonly seed?: number | undefined;
  /** Mean events a second. */
  readonly rate: number;
  readonly trigger: Millis;
  /** Wall clock at which it ends by itself; Infinity for never. */
  readonly until: Millis;
  readonly signal: AbortSignal;
}

export interface Demo {
  readonly source: BatchSource;
  /** When the made-up shop began. */
  readonly start: Millis;
  /** A shop that was begun before goes on. */
  readonly resumed: boolean;
}

/** The made-up shop of a data folder as a live source: the one that was begun there goes on, or another opens. */
export function demoOf({ shop: { ingest } }: OpenShop, { seed, rate, ...rest }: DemoWish): Demo {
  const plan = demoPlan(ingest.progress.values(), { seed, rate }, ingest.watermark, Date.now());
  const { shop, position, clock, over, resumed } = plan;
  return { source: demoSource({ shop, position, clock, over, ...rest }), start: shop.start, resumed };
}
