import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './write-durably.ts';

const BYTES = 32;
const PRIVATE = 0o600;

export const erasureKeyPath = (folder: string): string => join(folder, 'erasure.key');

/** The key by which erased ids are known again; null where nobody was ever erased, or it is lost. */
export function readErasureKey(folder: string): Buffer | null {
  const path = erasureKeyPath(folder);
  return existsSync(path) ? readFileSync(path) : null;
}

/** The key of a data folder, made and on disk when it returns; only its owner may read it. */
export function ensureErasureKey(folder: string): Buffer {
  const known = readErasureKey(folder);
  if (known !== null) return known;
  const key = randomBytes(BYTES);
  const path = erasureKeyPath(folder);
  writeDurably(path, key, PRIVATE);
  return key;
}
