import type { FastifyRequest } from 'fastify';

/** Requests that browsers send without asking first whether they may, but that change nothing. */
const READING = ['GET', 'HEAD'];

/**
 * Where a request was sent from, as browsers say it: a page of this server (or an address that somebody typed), a page
 * of another site, or nobody says, which programs do, and browsers with what only reads.
 */
export function originOf({ method, headers, host }: FastifyRequest): 'own' | 'foreign' | 'unsaid' {
  const site = headers['sec-fetch-site'];
  if (site !== undefined)
    return site === 'same-origin' || (site === 'none' && READING.includes(method)) ? 'own' : 'foreign';
  if (headers.origin === undefined) return 'unsaid';
  return hostOf(headers.origin) === host.toLowerCase() ? 'own' : 'foreign';
}

/** Whether a request with a cookie was meant by a page of this server: what changes something has to say so. */
export function isSameOrigin(request: FastifyRequest): boolean {
  const origin = originOf(request);
  return origin === 'own' || (origin === 'unsaid' && READING.includes(request.method));
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
