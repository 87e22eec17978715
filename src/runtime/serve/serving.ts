import type { Config } from '../../config/settings.ts';
import type { EpochMicros } from '../../core/time.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import { type OpenShop, ownShop, type ShopOptions } from '../open-shop.ts';
import { Readiness } from './readiness.ts';

/** What each part of a server is given. A part adds its own end to `ending`, and is ended before those it came after. */
export interface Serving {
  readonly open: OpenShop;
  readonly config: Config;
  readonly ending: AsyncDisposableStack;
  readonly readiness: Readiness;
  readonly now: () => EpochMicros;
  /** Tells the operator in words. */
  readonly say: (line: string) => void;
}

/** The first part: the shop itself, owned by this process. @throws FootfallError as `ownShop` */
export async function openServing(
  shop: ShopOptions,
  { config, ending, say }: Pick<Serving, 'config' | 'ending' | 'say'>,
): Promise<Serving> {
  const open = await ownShop(shop, LIVE);
  ending.defer(() => open.close());
  return { open, config, ending, readiness: new Readiness(), now: () => Date.now() * 1000, say };
}
