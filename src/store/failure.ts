import { FootfallError } from '../core/errors/footfall-error.ts';

/** What a DuckDB error means for the person who runs Footfall; anything unforeseen stays what it is. */
export function openFailure(cause: unknown, path: string): unknown {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/lock on file/i.test(text)) return new FootfallError('store.locked', { path }, { cause });
  if (/no space left|disk full/i.test(text)) return new FootfallError('store.disk_full', { path }, { cause });
  if (/not a valid duckdb|corrupt|checksum|serializ|WAL file/i.test(text))
    return new FootfallError('store.corrupt', { path }, { cause });
  return cause;
}

/**
 * What it means that a statement failed: out of memory or out of disk, the machine is too small for it; all else is a
 * defect, and stays what it is.
 * @param memory of the database, in bytes
 */
export function statementFailure(cause: unknown, memory: number): unknown {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/^Out of Memory Error/.test(text))
    return new FootfallError(
      'store.memory',
      { limit: `${Math.round(memory / MEGABYTE)} MB`, reason: firstLine(text) },
      { cause },
    );
  if (/no space left on device/i.test(text))
    return new FootfallError('store.disk_full', { path: 'the database' }, { cause });
  return cause;
}

const MEGABYTE = 1_000_000;

const firstLine = (text: string): string => text.slice(0, text.search(/\n|$/)).replace(/^[\w ]+Error: /, '');
