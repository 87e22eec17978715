import type { Config } from '../../config/settings.ts';
import type { EpochMicros } from '../../core/time.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import { type Log, openLog } from '../../telemetry/log.ts';
import { type OpenShop, ownShop, type ShopOptions } from '../open-shop.ts';
import { Readiness } from './readiness.ts';

/** What each part of a server is given. A part adds its own end to `ending`, and is ended before those it came after. */
export interface Serving {
  readonly open: OpenShop;
  readonly config: Config;
  readonly ending: AsyncDisposableStack;
  readonly readiness: Readiness;
  readonly now: () => EpochMicros;
  readonly log: Log;
  /** Tells the operator in words, and the log. */
  readonly say: (line: string) => void;
}

/** What a server is started with. */
export interface ServingWish extends Pick<Serving, 'config' | 'ending'> {
  /** Tells the operator in words. */
  readonly say: (line: string) => void;
  /** Standard error is a terminal. */
  readonly people: boolean;
}

/** The first part: the shop itself, owned by this process, and its log. @throws FootfallError as `ownShop` */
export async function openServing(shop: ShopOptions, { config, ending, say, people }: ServingWish): Promise<Serving> {
  const open = await ownShop(shop, LIVE);
  ending.defer(() => open.close());
  const { log, close } = openLog({
    level: config.logLevel,
    to: config.log,
    folder: open.folder.path,
    people,
    write: (text) => void process.stderr.write(text),
  });
  ending.defer(async () => close());
  return {
    open,
    config,
    ending,
    readiness: new Readiness(),
    now: () => Date.now() * 1000,
    log,
    say: (line) => {
      say(line);
      log.info(line);
    },
  };
}
