import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { crashPoint } from '../../engine/crash-point.ts';
import { scrubHistory } from '../../engine/erase/scrub-history.ts';
import { type Found, searchDatabase } from '../../engine/erase/search-database.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import type { Fact } from '../../journal/fact-log.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import type { OpenShop } from '../open-shop.ts';
import {
  type Begun,
  type Certificate,
  certificatePath,
  fileChanges,
  forgetBegun,
  hashesOf,
  NOTES,
  noteBegun,
  readBegun,
} from './certificate.ts';
import { ERASED_STORES } from './erased-stores.ts';

/** What an erasure does, in this order. */
export type ErasureStage = 'search' | 'rows' | 'files' | 'database' | 'proof';

type Finishing = Pick<OpenShop, 'shop' | 'engine' | 'folder' | 'lettingGo' | 'runs' | 'queries'>;
type Erasure = { readonly fact: Extract<Fact, { kind: 'erasure' }>; readonly number: number };

/**
 * Finishes an erasure whose fact has acted, from wherever it stands: former images go; facts, journal and
 * lake are written anew; the database is copied into a new file that takes the place of the old one; and everything is searched again. Each step may
 * be done twice. Batches come in and readers read meanwhile, and wait for what they would see half done.
 *
 * @returns the certificate; null when the erasure that was begun never became a fact
 * @throws FootfallError `erase.left` when anything is found
 */
export async function finishErasure(
  { shop, engine, folder, lettingGo, runs, queries }: Finishing,
  onStage: (stage: ErasureStage) => void = () => undefined,
): Promise<Certificate | null> {
  const { database } = shop;
  const erasures: Erasure[] = shop.facts
    .read()
    .flatMap((fact, i) => (fact.kind === 'erasure' ? [{ fact, number: i + 1 }] : []));
  const begun = readBegun(folder.path) ?? beginAgain(erasures.at(-1)?.number ?? 0);
  const erasure = erasures.find(({ number }) => number === begun.erasure);
  if (erasure === undefined) {
    forgetBegun(folder.path);
    return null;
  }
  noteBegun(folder.path, begun);
  await engine.settled();
  await database.exclusively(() => scrubHistory(shop));
  // Ids that stand for the person's are those that a source brings when it is read again.
  await shop.identity.load(Date.now() * 1000);
  onStage('files');
  runs.forgetAll();
  queries.forget((text) => shop.tombstones.within(text));
  const after = await lettingGo.during(async () => {
    for (const store of ERASED_STORES) {
      const rewrite = (): Promise<void> => store.rewrite(shop, folder.path);
      await (store.exclusively === true ? database.exclusively(rewrite) : rewrite());
    }
    crashPoint('erase.files_written');
    onStage('database');
    await database.exclusively(() =>
      database.rewrite((step) => crashPoint(step === 'copied' ? 'erase.database_copied' : 'erase.database_swapped')),
    );
    onStage('proof');
    return searchAll({ shop, folder }, shop.tombstones);
  });
  const files = fileChanges(begun.files, await hashesOf(folder.path, basename(folder.database)));
  const certificate = certify(begun, erasure, after, files);
  if (certificate.found.after > 0) {
    const left = after.filter(({ rows }) => rows > 0).map(({ place }) => place);
    throw new FootfallError('erase.left', { found: certificate.found.after, places: left.join(', ') });
  }
  writeDurably(
    certificatePath(folder.path, certificate.erasure),
    Buffer.from(`${JSON.stringify(certificate, null, 2)}\n`),
  );
  forgetBegun(folder.path);
  return certificate;
}

/** Copies of results for queries are made anew when they are asked for. */
export const removeCopies = ({ path }: OpenShop['folder']): void =>
  rmSync(join(path, 'explorer'), { recursive: true, force: true });

/** How often the database and all files of a data folder name people. */
export async function searchAll(
  { shop, folder }: Pick<OpenShop, 'shop' | 'folder'>,
  tombstones: Tombstones,
): Promise<readonly Found[]> {
  const session = await shop.database.connect();
  try {
    const found = [...(await searchDatabase(session, tombstones))];
    for (const store of ERASED_STORES)
      found.push(...(await store.search({ folder: folder.path, database: session, tombstones })));
    return found;
  } finally {
    await shop.database.disconnect(session);
  }
}

/** An older copy of a database was put back: what was found before is not known any more. */
const beginAgain = (erasure: number): Begun => ({ erasure, before: [], files: {} });

function certify(
  { before }: Begun,
  { fact, number }: Erasure,
  after: readonly Found[],
  files: Certificate['files'],
): Certificate {
  const places = [...new Set([...before, ...after].map(({ place }) => place))];
  const count = (all: readonly Found[], place: string): number => all.find((each) => each.place === place)?.rows ?? 0;
  const total = (all: readonly Found[]): number => all.reduce((sum, { rows }) => sum + rows, 0);
  return {
    erasure: number,
    mode: fact.mode,
    ids: fact.ids,
    recorded: fact.recorded,
    finished: Date.now() * 1000,
    searched: places.map((place) => ({ place, before: count(before, place), after: count(after, place) })),
    found: { before: total(before), after: total(after) },
    files,
    notes: NOTES,
  };
}
