import { changesSql, snapshotSql } from '../compile/changes.ts';
import { isStored } from '../compile/tables.ts';
import type { Cursor } from '../core/cursor.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Change } from '../store/change.ts';
import type { ViewPlan } from '../view/view.ts';
import { goesOn } from './protocol/generation.ts';
import type { ShopSnapshot } from './shop.ts';

/** Whole epochs: a reader that has taken in all of it holds just the final rows of `cursor`. */
export interface Changes {
  /** A snapshot has every row: what the reader held before, it has to forget. */
  readonly kind: 'snapshot' | 'changes';
  /** Where the reader goes on the next time. */
  readonly cursor: Cursor;
  /** One entry a key, in blocks of some thousands; to be read once, while the reading lasts. */
  readonly blocks: AsyncIterable<readonly Change[]>;
}

/**
 * The changes of a view's final rows after `cursor` (semantics, "Changes"); a snapshot for a reader without one, with
 * one of another generation, or from before the view was defined as it is now.
 *
 * @throws FootfallError `view.not_stored` for a projection
 * @example
 * const { kind, cursor, blocks } = changesSince(reading, view, { generation: 1, epoch: 57 });
 * for await (const block of blocks) for (const { op, row } of block) apply(op, row);
 */
export function changesSince(shop: ShopSnapshot, view: ViewPlan, cursor: Cursor | null): Changes {
  if (!isStored(view)) throw new FootfallError('view.not_stored', { view: view.name });
  const now: Cursor = { generation: shop.generation, epoch: shop.final.epoch };
  const { context } = shop;
  if (cursor === null || !goesOn(cursor, now, shop.since.get(view.name) ?? 0))
    return { kind: 'snapshot', cursor: now, blocks: changes(shop, 'upsert', snapshotSql(view, context)) };
  const { upserts, deletes } = changesSql(view, cursor.epoch, context);
  return { kind: 'changes', cursor: now, blocks: oneAfterTheOther(shop, upserts, deletes) };
}

async function* oneAfterTheOther(shop: ShopSnapshot, upserts: string, deletes: string): AsyncGenerator<Change[]> {
  yield* changes(shop, 'delete', deletes);
  yield* changes(shop, 'upsert', upserts);
}

async function* changes({ database }: ShopSnapshot, op: Change['op'], sql: string): AsyncGenerator<Change[]> {
  for await (const rows of database.jsonBlocks(sql)) yield rows.map((row) => ({ op, row }));
}
