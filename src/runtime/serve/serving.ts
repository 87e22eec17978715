import type { Config } from '../../config/settings.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import { type Log, type OpenLog, openLog } from '../../telemetry/log.ts';
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
  /** Tells the operator in words alone: what may hold what events say. */
  readonly tell: (line: string) => void;
  /** Tells the operator of an error that the server goes on after, and the log with all that led to it. */
  readonly sayError: (error: unknown) => void;
}

/** What a server is started with. */
export interface ServingWish extends Pick<Serving, 'config' | 'ending' | 'tell'> {
  /** Standard error is a terminal. */
  readonly people: boolean;
}

/** The first part: the shop itself, owned by this process, and its log. @throws FootfallError as `ownShop` */
export async function openServing(shop: ShopOptions, wish: ServingWish): Promise<Serving> {
  const { config, ending, people } = wish;
  // Where the log is what the operator reads, it says all, and nothing comes between its lines.
  const tell = config.log === 'stderr' ? () => undefined : wish.tell;
  // The log of a folder is that of whoever owns it, from the first moment to the last.
  let opened: OpenLog | undefined;
  ending.defer(async () => {
    opened?.log.info({ ms: Math.round(performance.now()) }, 'ended');
    opened?.close();
  });
  const open = await ownShop(shop, LIVE);
  ending.defer(() => open.close());
  opened = openLog({
    level: config.logLevel,
    to: config.log,
    folder: open.folder.path,
    people,
    write: (text) => void process.stderr.write(text),
  });
  const { log } = opened;
  const readiness = new Readiness();
  readiness.depend(
    open.shop.database.lost.then((error) => Promise.reject(error)),
    'the database cannot be opened again',
  );
  return {
    open,
    config,
    ending,
    readiness,
    now: () => Date.now() * 1000,
    log,
    tell,
    say: (line) => {
      tell(line);
      log.info(line);
    },
    sayError: (error) => {
      const known = FootfallError.from(error);
      tell(known.render());
      log.warn({ error: known }, known.entry.title);
    },
  };
}
