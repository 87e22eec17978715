import type { FastifyRequest } from 'fastify';

/** Name of the cookie of who is signed in. Over TLS a browser takes it from this very host alone. */
const COOKIES = ['__Host-footfall', 'footfall'] as const;

/** `Authorization: Bearer KEY`. */
export const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\w-]+)$/i.exec(headers.authorization ?? '')?.[1];

/** The secret of the cookie of who is signed in. */
export function cookieOf({ headers }: FastifyRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((each) => each.trim().split('='));
  for (const name of COOKIES) {
    const value = pairs.find(([key]) => key === name)?.[1];
    if (value !== undefined && /^[\w-]+$/.test(value)) return value;
  }
  return undefined;
}

/** Sets or, without a secret, takes back the cookie. @param secure the browser speaks TLS, with the server or a proxy before it */
export function cookieFor(secret: string | null, secure: boolean, seconds: number): string {
  const name = secure ? COOKIES[0] : COOKIES[1];
  const age = secret === null ? 0 : seconds;
  return `${name}=${secret ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** Whether the browser at the other end speaks TLS: a page says so itself where a proxy ends it. */
export const isSecure = ({ protocol, headers }: FastifyRequest): boolean =>
  protocol === 'https' || (headers.origin ?? '').startsWith('https://');

/** A key where clients that are in use put it: the user name of Basic, or the address. */
export const shownKeyOf = (request: FastifyRequest): string | undefined => basicOf(request) ?? addressOf(request);

/** Of `user:password`, the user. */
function basicOf({ headers }: FastifyRequest): string | undefined {
  const packed = /^Basic ([\w+/=-]+)$/i.exec(headers.authorization ?? '')?.[1];
  return packed === undefined ? undefined : Buffer.from(packed, 'base64').toString('latin1').split(':', 1)[0];
}

function addressOf({ query, params }: FastifyRequest): string | undefined {
  const { key, api_secret: secret } = query as Readonly<Record<string, unknown>>;
  const { key: inPath } = params as Readonly<Record<string, unknown>>;
  return [inPath, key, secret].find((each) => typeof each === 'string');
}

/** A key that is in the body, as `writeKey`. */
export function bodyKeyOf({ body }: FastifyRequest): string | undefined {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    const { writeKey } = JSON.parse(Buffer.from(body).toString()) as { readonly writeKey?: unknown };
    return typeof writeKey === 'string' ? writeKey : undefined;
  } catch {
    return undefined;
  }
}
