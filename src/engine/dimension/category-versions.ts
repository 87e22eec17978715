import type { CategoryVersion } from '../categories.ts';
import type { Shop } from '../shop.ts';

/** Category versions by product symbol, as intake uses them. */
export async function categoryVersions({
  database,
  symbols,
}: Shop): Promise<ReadonlyMap<number, readonly CategoryVersion[]>> {
  const [keys = [], starts = [], categories = []] = await database.columns(
    `SELECT key, epoch_us(valid_from) AS valid_from, attributes ->> 'category_name' AS category FROM dimension WHERE kind = 'product' ORDER BY key, valid_from`,
  );
  const found = new Map<number, CategoryVersion[]>();
  keys.forEach((key, i) => {
    const product = symbols.idOf(String(key));
    const name = categories[i] ?? '';
    const versions = found.get(product) ?? [];
    versions.push({ from: Number(starts[i]), category: name === '' ? 0 : symbols.idOf(String(name)) });
    found.set(product, versions);
  });
  return found;
}

/** Takes the stored categories into use for what comes, when a shop is opened. */
export async function settleCategories(shop: Shop): Promise<void> {
  for (const [product, versions] of await categoryVersions(shop)) shop.categories.set(product, versions);
}
