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
