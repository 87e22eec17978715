import { availableParallelism } from 'node:os';
import { catalogFor } from '../../shop/views/catalog.ts';
import type { Config } from '../config/settings.ts';
import { chooseViews } from '../view/choose-views.ts';
import { allViews } from '../view/own-views.ts';
import { dataFolder } from './data-folder.ts';
import type { ShopOptions } from './open-shop.ts';

/**
 * What the configuration says about opening a shop: the catalogue's views that it keeps, and the shop's own.
 * @throws FootfallError `view.compile` for a view that cannot be made, `config.invalid` for one that does not exist
 */
export function shopOptions(config: Config): ShopOptions {
  return {
    folder: dataFolder(config.data),
    settings: {
      zone: config.zone,
      lateness: config.lateness,
      late: config.late,
      history: config.history,
      currency: config.currency,
    },
    views: allViews(chooseViews(catalogFor(config.gap), config.catalog), config.views, 'footfall.config.ts (views)'),
    memoryLimit: config.memoryLimit,
    threads: config.threads ?? availableParallelism(),
  };
}
