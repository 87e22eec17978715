import { basename } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { crashPoint } from '../../engine/crash-point.ts';
import { giveErasure, idsOfPerson, planErasure } from '../../engine/erase/give-erasure.ts';
import { type Found, searchDatabase } from '../../engine/erase/search-database.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';
import { ownerAnswers } from '../control-client.ts';
import { hasShop } from '../data-folder.ts';
import { openShop, type ShopOptions } from '../open-shop.ts';
import { type Certificate, hashesOf, noteBegun } from './certificate.ts';
import { searchLakeOf } from './erase-lake.ts';
import { finishErasure } from './finish-erasure.ts';
import { searchFiles } from './search-files.ts';

export interface ErasureRequest {
  /** A user id or anonymous id, as sent. */
  readonly visitor: string;
  /** Everybody who is or was linked with them is meant, too. */
  readonly person: boolean;
  readonly mode: ErasureFact['mode'];
  /** False: only what would be erased is told. */
  readonly confirmed: boolean;
}

export type ErasureOutcome =
  | { readonly done: true; readonly certificate: Certificate }
  | { readonly done: false; readonly found: readonly Found[] };

/**
 * Erases a person from a data folder, and proves it. What ends it before, it is finished when the shop is next opened.
 *
 * @throws FootfallError `erase.in_use` while another process owns the shop, `erase.unknown` when nothing is theirs,
 *   `erase.left` when the proof finds something
 */
export async function eraseVisitor(options: ShopOptions, request: ErasureRequest): Promise<ErasureOutcome> {
  const { folder } = options;
  if (!hasShop(folder)) throw new FootfallError('erase.unknown', { path: folder.path, visitor: request.visitor });
  if (await ownerAnswers(folder)) throw new FootfallError('erase.in_use', {});
  const open = await openShop(options, LIVE, 'stored');
  try {
    const { shop, engine } = open;
    const visitors = request.person ? await idsOfPerson(shop, request.visitor) : [request.visitor];
    const { fact, tombstones } = await planErasure(shop, visitors, request.mode, Date.now() * 1000);
    await shop.database.exclusively(() => shop.database.run('CHECKPOINT'));
    const before = [
      ...(await searchDatabase(shop.database, tombstones)),
      ...(await searchLakeOf(shop.database, folder.path, tombstones)),
      ...searchFiles(folder.path, tombstones),
    ];
    if (before.every(({ rows }) => rows === 0))
      throw new FootfallError('erase.unknown', { path: folder.path, visitor: request.visitor });
    if (!request.confirmed) return { done: false, found: before.filter(({ rows }) => rows > 0) };
    const files = hashesOf(folder.path, basename(folder.database));
    noteBegun(folder.path, { erasure: shop.facts.read().length + 1, before, files });
    crashPoint('erase.begun');
    await engine.change(() => giveErasure(shop, fact));
  } finally {
    await open.close();
  }
  const certificate = await finishErasure(options, () => openShop(options, LIVE, 'stored', 'as it is'));
  if (certificate === null) throw new Error('an erasure that was given is no fact');
  return { done: true, certificate };
}
