import { FootfallError } from '../../core/errors/footfall-error.ts';

const EXAMPLE = 'postgres://user:password@host:5432/database';

/**
 * Where a PostgreSQL database is, as it may be shown: without its password.
 * @throws FootfallError `sink.url`
 * @example addressOf('postgres://shop:secret@db:5432/results') // 'postgres://shop@db:5432/results'
 */
export function addressOf(url: string): string {
  const found = URL.canParse(url) ? new URL(url) : null;
  const reason =
    found === null
      ? 'it cannot be read'
      : !['postgres:', 'postgresql:'].includes(found.protocol)
        ? `it begins with ${found.protocol}`
        : found.pathname.length < 2
          ? 'it names no database'
          : null;
  // What cannot be read may hold a password, too.
  const shown = found === null ? 'what was given' : `${found.protocol}//${found.host}${found.pathname}`;
  if (found === null || reason !== null)
    throw new FootfallError('sink.url', { url: shown, kind: 'PostgreSQL', reason: reason ?? '', example: EXAMPLE });
  const user = found.username === '' ? '' : `${found.username}@`;
  return `${found.protocol}//${user}${found.host}${found.pathname}`;
}
