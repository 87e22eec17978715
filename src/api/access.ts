import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { mayAct, type Role } from '../core/role.ts';
import type { EpochMicros } from '../core/time.ts';
import type { AccessStore } from '../store/access/access-store.ts';
import { bearerOf, bodyKeyOf, cookieOf, shownKeyOf } from './credentials.ts';
import type { RequestLimits } from './request-limits.ts';
import { isSameOrigin, originOf } from './same-origin.ts';

/** Who may call a route: everybody; whoever is known, in any role; or whoever has this role. */
export type Access = Role | 'known' | 'public';

/** Where the documentation of the API is. */
export const DOCS = '/docs';

/** Who sent a request. */
export interface Caller {
  readonly kind: 'key' | 'person';
  /** Of the key or the account. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Whether they may still come in: keys are revoked, and people sign out at the browser that sent this. */
  readonly stillValid: () => boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it: one that does not keeps the server from starting. */
    readonly access?: Access;
    /**
     * An ingest key may also come as the user name of Basic, as `key` or `api_secret` in the address, or as `writeKey` in
     * the body: clients that are in use can say it nowhere else.
     */
    readonly keyAnywhere?: true;
    /** Public, but not for pages of other sites. */
    readonly sameOrigin?: true;
    /** Its body is JSON, and is given to its handler as such. */
    readonly json?: boolean;
  }
  interface FastifyRequest {
    /** Who sent the request, on routes that are not public. */
    caller: Caller | undefined;
  }
}

/** What decides who comes in. */
export interface Gate {
  readonly access: AccessStore;
  readonly limits: RequestLimits;
  readonly now: () => EpochMicros;
}

/**
 * Deny by default: a route without `config.access` is an error when it is made, and a request is let through only with a
 * key, or the cookie of somebody who is signed in, that may do what its route needs, and within the limits.
 */
export function guard(app: FastifyInstance, { access: { keys, signIns }, limits, now }: Gate): void {
  app.decorateRequest('caller', undefined);
  app.addHook('onRoute', (route) => {
    // Pages about the API, made by a plugin that knows nothing of access.
    if (route.url === DOCS || route.url.startsWith(`${DOCS}/`))
      route.config = { ...route.config, access: 'public', limit: 'none' };
    if (route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { access, keyAnywhere, sameOrigin, limit } = request.routeOptions.config;
    if (sameOrigin === true && originOf(request) === 'foreign') throw new FootfallError('access.cross_site', {});
    if (access === undefined || access === 'public') {
      if (limit !== 'none') limits.unknown(request, reply);
      return;
    }
    const key = bearerOf(request);
    // Events come with keys: a shop's page next door sends them with whatever cookies its browser has.
    const cookie = key === undefined && keyAnywhere !== true ? cookieOf(request) : undefined;
    if (cookie !== undefined) {
      const person = personOf(cookie);
      if (person === undefined || isSameOrigin(request)) return admit(request, reply, person, access);
      // Whatever the role: another site learns nothing. The audit log is told whose cookie it was.
      request.caller = person;
      limits.known(person, request, reply);
      throw new FootfallError('access.cross_site', {});
    }
    const shown = keyAnywhere === true && key === undefined;
    const found = shown ? shownKeyOf(request) : key;
    // It may still be in the body, which is read if not too many were sent in vain.
    if (shown && found === undefined) return limits.stranger(request, reply);
    admit(request, reply, programOf(found), access, shown);
  });
  app.addHook('preHandler', async (request, reply) => {
    const { access, keyAnywhere } = request.routeOptions.config;
    if (access === undefined || access === 'public') return;
    if (request.caller === undefined)
      admit(request, reply, keyAnywhere === true ? programOf(bodyKeyOf(request)) : undefined, access, true);
    limits.bytes(callerOf(request), request);
  });

  /** @param shown a key was where others may see it: only one that can read nothing may be there */
  function admit(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller | undefined,
    access: Role | 'known',
    shown = false,
  ): void {
    if (caller === undefined) {
      limits.unknown(request, reply);
      throw new FootfallError('access.missing', { role: access === 'known' ? 'read' : access });
    }
    // Known from here on, also to the audit log, which tells what was refused to whom.
    request.caller = caller;
    limits.known(caller, request, reply);
    const may = access === 'known' || mayAct(caller.role, access);
    if (!may || (shown && caller.role !== 'ingest'))
      throw new FootfallError('access.denied', { has: caller.role, role: access });
  }

  function programOf(key: string | undefined): Caller | undefined {
    const found = key === undefined ? undefined : keys.find(key, now());
    if (found === undefined) return undefined;
    const { id, name, role } = found;
    return { kind: 'key', id, name, role, stillValid: () => keys.stillValid(id, now()) };
  }

  function personOf(cookie: string): Caller | undefined {
    const found = signIns.find(cookie, now());
    if (found === undefined) return undefined;
    const { id, name, role } = found.account;
    return { kind: 'person', id, name, role, stillValid: () => signIns.look(cookie, now())?.account.role === role };
  }
}

/** Who sent a request on a route that is not public. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === undefined) throw new Error('a public route has no caller');
  return caller;
}
