import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { mayAct, type Role } from '../core/role.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ApiKey, ApiKeys } from '../store/api-keys.ts';

/** Who may call a route: everybody, or whoever has a key of this role. */
export type Access = Role | 'public';

/** Where the documentation of the API is. */
export const DOCS = '/docs';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it: one that does not keeps the server from starting. */
    readonly access?: Access;
    /**
     * An ingest key may also come as the user name of Basic, as `key` or `api_secret` in the address, or as `writeKey` in
     * the body: clients that are in use can say it nowhere else.
     */
    readonly keyAnywhere?: true;
    /** Its body is JSON, and is given to its handler as such. */
    readonly json?: boolean;
  }
  interface FastifyRequest {
    /** The key that the request came with, on routes that want one. */
    apiKey: ApiKey | undefined;
  }
}

/**
 * Deny by default: a route without `config.access` is an error when it is made, and a request is let through only with a
 * key that may do what its route needs.
 */
export function guard(app: FastifyInstance, keys: ApiKeys, now: () => EpochMicros): void {
  app.decorateRequest('apiKey', undefined);
  app.addHook('onRoute', (route) => {
    // Pages about the API, made by a plugin that knows nothing of access.
    if (route.url.startsWith(DOCS)) route.config = { ...route.config, access: 'public' };
    if (route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request) => {
    const { access, keyAnywhere } = request.routeOptions.config;
    if (access === undefined || access === 'public') return;
    const key = bearerOf(request);
    const elsewhere = keyAnywhere === true && key === undefined;
    const found = elsewhere ? (basicOf(request) ?? addressOf(request)) : key;
    // It may still be in the body.
    if (elsewhere && found === undefined) return;
    request.apiKey = admit(found, access, elsewhere);
  });
  app.addHook('preHandler', async (request) => {
    const { access, keyAnywhere } = request.routeOptions.config;
    if (access === undefined || access === 'public' || request.apiKey !== undefined) return;
    request.apiKey = admit(keyAnywhere === true ? bodyOf(request) : undefined, access, true);
  });

  /** @param shown the key was where others may see it: only one that can read nothing may be there */
  function admit(key: string | undefined, access: Role, shown: boolean): ApiKey {
    const found = key === undefined ? undefined : keys.find(key, now());
    if (found === undefined) throw new FootfallError('access.missing', { role: access });
    if (!mayAct(found.role, access) || (shown && found.role !== 'ingest'))
      throw new FootfallError('access.denied', { has: found.role, role: access });
    return found;
  }
}

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\w-]+)$/i.exec(headers.authorization ?? '')?.[1];

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

function bodyOf({ body }: FastifyRequest): string | undefined {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    const { writeKey } = JSON.parse(Buffer.from(body).toString()) as { readonly writeKey?: unknown };
    return typeof writeKey === 'string' ? writeKey : undefined;
  } catch {
    return undefined;
  }
}
