import type { Millis } from '../core/time.ts';
import type { Engine, LiveSource } from '../engine/engine.ts';

/** Between two looks at the clock: fine enough for final rows to be as fresh as when events come. */
const LOOK_EVERY: Millis = 1_000;

/** Time that passes for a live source. */
export interface TimeKeeping {
  /** Ends it. @throws what letting time pass failed with */
  stop(): Promise<void>;
}

/**
 * Lets time pass in the engine while a live source is read: where it is silent, slices become due by the clock.
 *
 * @param onFailure called once when that fails, so that the reading ends; `stop` then throws the reason
 */
export function followWithTime(engine: Engine, source: LiveSource, onFailure: () => void): TimeKeeping {
  const leave = engine.follow(source);
  let failure: { readonly reason: unknown } | undefined;
  let looking: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    looking ??= engine
      .tick()
      .catch((reason: unknown) => {
        failure = { reason };
        clearInterval(timer);
        onFailure();
      })
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_EVERY);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      leave();
      await looking;
      if (failure !== undefined) throw failure.reason;
    },
  };
}
