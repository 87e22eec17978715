import type { FastifyRequest } from 'fastify';

/** Requests that browsers send without asking first whether they may, but that change nothing. */
const READING = ['GET', 'HEAD'];

/**
 * Whether a request with a cookie was meant by a page of this server: browsers say where a request comes from. What
 * changes something has to say it; what only reads is refused where it says otherwise.
 */
export function isSameOrigin({ method, headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  // `none`: an address that somebody typed, or a bookmark.
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && READING.includes(method));
  if (headers.origin !== undefined) return hostOf(headers.origin) === host.toLowerCase();
  return READING.includes(method);
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
