import { basename } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { crashPoint } from '../../engine/crash-point.ts';
import { giveErasure, idsOfPerson, planErasure } from '../../engine/erase/give-erasure.ts';
import type { Found } from '../../engine/erase/search-database.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';
import { checkpointIfDue } from '../../store/checkpoint.ts';
import { ImportFiles } from '../imports/import-files.ts';
import { unreadImports } from '../imports/unread-imports.ts';
import type { OpenShop } from '../open-shop.ts';
import { type Certificate, hashesOf, noteBegun } from './certificate.ts';
import { type ErasureStage, finishErasure, searchAll } from './finish-erasure.ts';

export interface WhomToErase {
  /** A user id or anonymous id, as sent. */
  readonly visitor: string;
  /** Everybody who is or was linked with them is meant, too. */
  readonly person: boolean;
  readonly mode: ErasureFact['mode'];
}

export interface ErasureRequest extends WhomToErase {
  /** False: only what would be erased is told. */
  readonly confirmed: boolean;
}

export type ErasureOutcome =
  | { readonly done: true; readonly certificate: Certificate }
  | { readonly done: false; readonly found: readonly Found[] };

/**
 * Erases a person from a data folder, and proves it, while it is in use. What ends it before, it is finished when the shop is
 * next opened.
 *
 * @throws FootfallError `erase.unknown` when nothing is theirs, `erase.imports` when files that were sent are
 *   yet to be read, `erase.left` when the proof finds something
 */
export function eraseVisitor(
  open: OpenShop,
  { visitor, person, mode, confirmed }: ErasureRequest,
  onStage: (stage: ErasureStage) => void = () => undefined,
): Promise<ErasureOutcome> {
  const { shop, engine, folder } = open;
  return open.lettingGo.alone(async () => {
    onStage('search');
    // Only the server reads them; where it runs, it has done so by now, but for what it could not read.
    const unread = unreadImports(shop, new ImportFiles(folder.path));
    if (confirmed && unread.length > 0) throw new FootfallError('erase.imports', { names: unread.join(', ') });
    const visitors = person ? await idsOfPerson(shop, visitor) : [visitor];
    const { fact, tombstones } = await planErasure(shop, visitors, mode, Date.now() * 1000);
    await shop.database.exclusively(() => checkpointIfDue(shop.database, 0));
    const before = await searchAll(open, tombstones);
    if (before.every(({ rows }) => rows === 0)) throw new FootfallError('erase.unknown', { path: folder.path });
    if (!confirmed) return { done: false, found: before.filter(({ rows }) => rows > 0) };
    const files = await hashesOf(folder.path, basename(folder.database));
    onStage('rows');
    await engine.changeAlone(async () => {
      noteBegun(folder.path, { erasure: shop.facts.read().length + 1, before, files });
      crashPoint('erase.begun');
      await giveErasure(shop, fact);
    });
    const certificate = await finishErasure(open, onStage);
    if (certificate === null) throw new Error('an erasure that was given is no fact');
    return { done: true, certificate };
  });
}
