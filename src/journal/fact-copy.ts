import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Fact } from './fact-log.ts';
import { writeDurably } from './write-durably.ts';

/** Digits of the SHA-256 that a copy is named for. */
const DIGITS = 32;

/** A kept copy of a file that a fact is about. */
export interface FactCopy {
  /** As the fact names it: for its content, so that the same file loaded twice is kept once. */
  readonly name: string;
  readonly path: string;
  /** False when there was one before, whole or damaged: facts may name it. */
  readonly fresh: boolean;
}

const pathOf = (folder: string, name: string): string => join(folder, 'facts', name);

/** The name that a file's content gives its copy. @example contentName(Buffer.from('a\n')) // '87428fc522803d31065e7bce3cf03fe4' */
export const contentName = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, DIGITS);

/**
 * Copies a file into the data folder; on disk when it returns. A copy that was damaged is replaced.
 * @throws FootfallError `source.missing`, `dimension.file` for a folder, `source.io`, `store.disk_full`
 */
export function keepCopy(folder: string, file: string): FactCopy {
  // What is packed is recognised by the end of its name.
  return keepContent(folder, contentOf(file), `.csv${/\.(?:gz|zst)$/.exec(file)?.[0] ?? ''}`);
}

/**
 * Puts what a fact is about into the data folder, under a name with this ending; on disk when it returns.
 * @throws FootfallError `store.disk_full`
 */
export function keepContent(folder: string, content: Uint8Array, ending: string): FactCopy {
  const name = `${contentName(content)}${ending}`;
  const path = pathOf(folder, name);
  const fresh = !existsSync(path);
  if (!isWhole(path, name)) writeDurably(path, content);
  return { name, path, fresh };
}

/** A fact that is about a file. */
export type FileFact = Extract<Fact, { readonly file: string }>;

/**
 * Path of the copy that the fact of a number names, when it is what was loaded.
 * @throws FootfallError `journal.copy` when it is missing or has another content
 */
export function wholeCopy(folder: string, fact: FileFact, number: number): string {
  const { file } = fact;
  const path = pathOf(folder, file);
  if (isWhole(path, file)) return path;
  const dimension = fact.kind === 'dimension' ? fact.dimension : fact.kind;
  const reason = existsSync(path) ? 'is not what was loaded' : 'is missing';
  throw new FootfallError('journal.copy', { number, dimension, path, reason, hash: file.slice(0, DIGITS) });
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new FootfallError('source.missing', { path }, { cause });
    if (code === 'EISDIR') throw new FootfallError('dimension.file', { path, reason: 'it is a folder' }, { cause });
    throw new FootfallError('source.io', { path, reason: code }, { cause });
  }
}

const isWhole = (path: string, name: string): boolean =>
  existsSync(path) && contentName(readFileSync(path)) === name.slice(0, DIGITS);
