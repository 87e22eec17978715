import { type Manifest, manifestOf } from './manifest.ts';
import { badOption, type GenerateOptions, resolveOptions } from './options.ts';
import type { RowBuffer } from './row-buffer.ts';
import { openShop } from './shop.ts';

/** As for files, but without an end: `rate` is wanted, and sizes follow from `people` instead of a number of events. */
export interface LiveShopOptions extends Omit<GenerateOptions, 'shape' | 'events' | 'days' | 'prefix' | 'gzip'> {
  /** Mean events per second of event time, over a week; the hour and the day make it more or less. */
  readonly rate: number;
}

/** A shop whose events are taken as they happen. */
export interface LiveShop {
  /** Time up to which events were taken, milliseconds since 1970 UTC. */
  readonly clock: number;
  /** Rows taken so far. */
  readonly rows: number;
  /** The next `count` rows, whenever they happen: whole lines of canonical NDJSON. Good until the next call. */
  take(count: number): Uint8Array;
  /**
   * What happened up to `time` (milliseconds, the caller's clock): at most `count` rows. Where more have happened, the
   * next call goes on with them. An earlier time than the last gives nothing.
   */
  takeUntil(time: number, count: number): Uint8Array;
  /** The truth about all rows taken; sessions in progress count as they are. Ends the shop. */
  close(): Manifest;
}

/** Size hint where the number of events is open: stock and people for about this many. */
const EXPECTED = 1_000_000;

/**
 * Opens a shop for live events.
 *
 * @throws FootfallError `generate.option`
 * @example const shop = createShop({ seed: 7, rate: 200, start: Date.now() }); send(shop.takeUntil(Date.now(), 5000));
 */
export function createShop(options: LiveShopOptions): LiveShop {
  if (!(options.rate > 0)) throw badOption('rate', options.rate, 'a number above 0');
  const shop = openShop({ ...resolveOptions({ ...options, shape: 'canonical', events: EXPECTED }), live: true });
  const { writer, simulation } = shop;
  const buffer = writer.buffers[0] as RowBuffer;
  let clock = shop.options.start;
  const taken = (count: number, until?: number): Uint8Array => {
    if (!Number.isSafeInteger(count) || count < 0) throw badOption('count', count, 'a whole number from 0 up');
    buffer.at = 0;
    writer.full = false;
    simulation.run(writer.rows + count, until);
    clock = Math.max(clock, simulation.clock);
    return buffer.bytes.subarray(0, buffer.at);
  };
  return {
    get clock() {
      return clock;
    },
    get rows() {
      return writer.rows;
    },
    take: (count) => taken(count),
    takeUntil: (time, count) => taken(count, time),
    close() {
      simulation.close();
      return manifestOf(shop);
    },
  };
}
