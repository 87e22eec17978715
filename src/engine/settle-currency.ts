import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Session } from '../store/session.ts';
import type { Shop } from './shop.ts';
import { loadSetting, saveSetting } from './state.ts';

/** The currency that a shop's money is in, where it was opened for writing before. */
export const storedCurrency = (database: Session): Promise<string | undefined> => loadSetting(database, 'currency');

/**
 * Keeps a shop to one currency: raw does not say of which currency the money is that came without one, and rates say what
 * others are worth in the shop's. Before there is any of that, it may change.
 * @throws FootfallError `config.currency_fixed`
 */
export async function settleCurrency({ database, settings: { currency = 'USD' }, extent }: Shop): Promise<void> {
  const stored = await storedCurrency(database);
  if (stored === currency) return;
  const rates = "SELECT 1 AS found FROM dimension WHERE kind = 'rates' LIMIT 1";
  if (stored !== undefined && (extent !== null || (await database.one(rates)) !== undefined))
    throw new FootfallError('config.currency_fixed', { stored, currency });
  await database.transaction(() => saveSetting(database, 'currency', currency));
}
