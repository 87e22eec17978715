import type { CanonicalEvent } from '../../src/core/event.ts';
import { type PageInput, pageOf, type RowsPage } from '../../src/runtime/operations/rows-page.ts';
import { TestShop } from '../engine/test-shop.ts';
import type { Stream } from '../oracle/arbitrary.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';

/** A shop with the events of a stream: about half of what they make is final, the rest is live. */
export async function shopOf(
  events: readonly CanonicalEvent[],
  settings: Partial<Pick<Stream['settings'], 'zone'>> = {},
): Promise<TestShop> {
  const shop = await TestShop.open(settings);
  const half = Math.ceil(events.length / 2);
  await shop.give(events.slice(0, half));
  await shop.finalize();
  if (half < events.length) await shop.give(events.slice(half));
  return shop;
}

export const page = (shop: TestShop, input: Omit<PageInput, 'limit'> & { limit?: number }): Promise<RowsPage> =>
  shop.ask((reading) => pageOf(reading, { limit: 10_000, ...input }));

/** All rows, page by page. */
export async function rowsOf(shop: TestShop, input: Omit<PageInput, 'limit' | 'cursor'>, limit = 7): Promise<AnyRow[]> {
  const rows: AnyRow[] = [];
  let cursor: string | undefined;
  do {
    const found = await page(shop, { ...input, limit, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...found.rows);
    cursor = found.next ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** The code of the error that a question ends with. */
export const refusal = (shop: TestShop, input: Omit<PageInput, 'limit'>): Promise<unknown> =>
  page(shop, input).then(
    () => 'answered',
    (error: { readonly code?: unknown }) => error.code,
  );
