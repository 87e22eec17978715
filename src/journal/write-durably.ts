import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FootfallError } from '../core/errors/footfall-error.ts';

/**
 * Puts a whole file in place: when it returns, the file and its name are on disk; whatever ends the process before, there
 * is either the former file or the new one. The folder is made if it is missing.
 * @throws FootfallError `store.disk_full`
 */
export function writeDurably(path: string, content: Uint8Array, mode = 0o666): void {
  const folder = dirname(path);
  const part = `${path}.part`;
  const made = mkdirSync(folder, { recursive: true });
  try {
    const file = openSync(part, 'w', mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (cause) {
    rmSync(part, { force: true });
    throw diskFailure(cause, path);
  }
  syncFolder(folder);
  if (made !== undefined) syncFolder(dirname(made));
}

/** A file's name is on disk only when its folder is. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** What a failed write means for the person who runs Footfall; anything unforeseen stays what it is. */
export function diskFailure(cause: unknown, path: string): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new FootfallError('store.disk_full', { path }, { cause }) : cause;
}
