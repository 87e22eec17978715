import { join } from 'node:path';
import type { LoadedConfig } from '../../config/config.ts';
import { dataFolder } from '../data-folder.ts';
import { type Demo, type DemoWish, demoOf } from '../demo.ts';
import type { ShopOptions } from '../open-shop.ts';
import { replay } from '../replay.ts';
import type { Serving } from './serving.ts';
import { NO_INTAKE } from './take-events.ts';

/** Events a second of the made-up shop. */
export const DEMO_RATE = 20;

/** A made-up shop must not end up in the folder of real events: where none is named, it has one of its own. */
export const apartFromRealEvents = (shop: ShopOptions, { origins, values }: LoadedConfig): ShopOptions =>
  origins.data === 'default' ? { ...shop, folder: dataFolder(join(values.data, 'demo')) } : shop;

/** The running made-up shop. */
export interface RunningDemo extends Pick<Demo, 'start' | 'resumed'> {
  /** Resolves when its time is over. */
  readonly over: Promise<unknown>;
}

/** Runs the made-up shop beside what comes over HTTP. */
export function runDemo(
  { open, config, ending, readiness }: Serving,
  wish: Pick<DemoWish, 'seed' | 'rate' | 'until'>,
): RunningDemo {
  const stopped = new AbortController();
  const { signal } = stopped;
  const { source, start, resumed } = demoOf(open, { ...wish, trigger: config.trigger, signal });
  const over = replay(open, source, { close: false, signal });
  readiness.depend(over, NO_INTAKE);
  ending.defer(async () => {
    stopped.abort();
    await over.catch(() => undefined);
  });
  return { start, resumed, over };
}
