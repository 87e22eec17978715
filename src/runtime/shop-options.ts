import { availableParallelism } from 'node:os';
import { catalog } from '../../shop/views/catalog.ts';
import type { Config } from '../config/settings.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { ViewPlan } from '../view/view.ts';
import { dataFolder } from './data-folder.ts';
import type { ShopOptions } from './open-shop.ts';

/** What the configuration says about opening a shop: the catalogue's views and the shop's own. */
export function shopOptions(config: Config): ShopOptions {
  return {
    folder: dataFolder(config.data),
    settings: { zone: config.zone, lateness: config.lateness, late: config.late },
    views: [...catalog, ...config.views.map(ownView)],
    memoryLimit: config.memoryLimit,
    threads: config.threads ?? availableParallelism(),
  };
}

function ownView(given: unknown, index: number): ViewPlan {
  const { name, fingerprint } = (given ?? {}) as { name?: unknown; fingerprint?: unknown };
  if (typeof name === 'string' && typeof fingerprint === 'string') return given as ViewPlan;
  throw new FootfallError(
    'view.compile',
    { view: typeof name === 'string' ? name : `number ${index + 1}`, reason: 'it was not made by view({ ... })' },
    { where: `views[${index}]` },
  );
}
