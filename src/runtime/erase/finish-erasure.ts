import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { crashPoint } from '../../engine/crash-point.ts';
import { readTombstones } from '../../engine/erase/read-tombstones.ts';
import { scrubHistory } from '../../engine/erase/scrub-history.ts';
import { type Found, searchDatabase } from '../../engine/erase/search-database.ts';
import { FactLog } from '../../journal/fact-log.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import { Database } from '../../store/database.ts';
import { copyDatabase, replaceDatabase } from '../../store/rewrite-database.ts';
import type { OpenShop, ShopOptions } from '../open-shop.ts';
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
import { rewriteLake, searchLakeOf } from './erase-lake.ts';
import { rewriteFacts } from './rewrite-facts.ts';
import { rewriteJournal } from './rewrite-journal.ts';
import { searchFiles } from './search-files.ts';

/**
 * Finishes an erasure whose fact is on disk, from wherever it stands: rows follow and former images go; facts, journal and
 * lake are written anew; the database is copied into a new file that takes the place of the old one; and everything is searched
 * again. Each step may be done twice. Nobody else may have the folder open.
 *
 * @param open opens the shop, which applies the fact
 * @returns the certificate; null when the erasure that was begun never became a fact
 * @throws FootfallError `erase.left` when anything is found
 */
export async function finishErasure(
  { folder, memoryLimit, threads }: ShopOptions,
  open: () => Promise<OpenShop>,
): Promise<Certificate | null> {
  const log = FactLog.in(folder.path);
  const erasures = log.read().flatMap((fact, i) => (fact.kind === 'erasure' ? [{ fact, number: i + 1 }] : []));
  const newest = erasures.at(-1);
  const begun = readBegun(folder.path) ?? beginAgain(newest?.number ?? 0);
  const erasure = erasures.find(({ number }) => number === begun.erasure);
  if (erasure === undefined) {
    forgetBegun(folder.path);
    return null;
  }
  noteBegun(folder.path, begun);
  const opened = await open();
  const { views } = opened.shop;
  try {
    await opened.shop.database.exclusively(() => scrubHistory(opened.shop));
    await rewriteLake(opened.shop, folder.path, Date.now() * 1000);
  } finally {
    await opened.close();
  }
  const tombstones = readTombstones(log);
  rewriteFacts(folder.path, tombstones);
  rewriteJournal(folder.path, tombstones, views);
  // Copies of results for queries are made anew when they are asked for.
  rmSync(join(folder.path, 'explorer'), { recursive: true, force: true });
  crashPoint('erase.files_written');
  await copyDatabase(folder.database);
  crashPoint('erase.database_copied');
  replaceDatabase(folder.database);
  crashPoint('erase.database_swapped');
  const after = [
    ...(await search(folder, { memoryLimit, threads }, tombstones)),
    ...searchFiles(folder.path, tombstones),
  ];
  const certificate = certify(
    begun,
    erasure,
    after,
    fileChanges(begun.files, hashesOf(folder.path, basename(folder.database))),
  );
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

/** An older copy of a database was put back: what was found before is not known any more. */
const beginAgain = (erasure: number): Begun => ({ erasure, before: [], files: {} });

async function search(
  { path: dataFolder, database: path }: ShopOptions['folder'],
  limits: { readonly memoryLimit: string; readonly threads: number },
  tombstones: ReturnType<typeof readTombstones>,
): Promise<readonly Found[]> {
  const database = await Database.open({ path, ...limits, readOnly: true });
  try {
    return [...(await searchDatabase(database, tombstones)), ...(await searchLakeOf(database, dataFolder, tombstones))];
  } finally {
    await database.close();
  }
}

function certify(
  { before }: Begun,
  {
    fact,
    number,
  }: {
    readonly fact: { readonly mode: Certificate['mode']; readonly ids: readonly string[]; readonly recorded: number };
    readonly number: number;
  },
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
