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
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public') return;
    const key = bearerOf(request);
    const found = key === undefined ? undefined : keys.find(key, now());
    if (found === undefined) throw new FootfallError('access.missing', { role: access });
    if (!mayAct(found.role, access)) throw new FootfallError('access.denied', { has: found.role, role: access });
    request.apiKey = found;
  });
}

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\w-]+)$/i.exec(headers.authorization ?? '')?.[1];
