/**
 * Whether a sender has one of these states already: `If-None-Match`, compared weakly (RFC 9110).
 * @example hasState('"a", W/"b"', 'W/"b"') // true
 */
export function hasState(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const known: readonly string[] = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return known.includes(etag.replace(/^W\//, ''));
}
