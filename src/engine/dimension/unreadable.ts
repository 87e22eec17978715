import { FootfallError } from '../../core/errors/footfall-error.ts';

/** What it means that DuckDB cannot read a dimension's file: the first line that it stumbles over, where it tells one. */
export function unreadable(cause: unknown, path: string): unknown {
  if (cause instanceof FootfallError || !(cause instanceof Error)) return cause;
  const [, line] = /CSV Error on Line: (\d+)/.exec(cause.message) ?? [];
  const [, expected, found] = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(cause.message) ?? [];
  const reason = /unicode|utf-8/i.test(cause.message)
    ? 'it is not UTF-8'
    : found !== undefined
      ? `it has ${found} columns where the header has ${expected}`
      : /quote/i.test(cause.message)
        ? 'a quoted value is not closed as it should be'
        : null;
  if (line !== undefined)
    return new FootfallError('dimension.row', { path, line, reason: reason ?? 'it is not CSV' }, { cause });
  return new FootfallError('dimension.file', { path, reason: 'its rows are not those of one table' }, { cause });
}
