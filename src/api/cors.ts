import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Pages of any site may send to the route. */
    readonly cors?: true;
  }
}

const HEADERS = 'authorization, content-type, content-encoding, idempotency-key';
const REMEMBERED_SECONDS = '86400';

/**
 * Lets pages of other sites send events, and read nothing else: only routes that say so, and never with credentials that
 * a browser would add by itself.
 */
export function openToPages(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.cors === true) reply.header('access-control-allow-origin', '*');
  });
}

/** Answers the question that browsers ask before they send to a route. */
export function preflight(app: FastifyInstance, url: string): void {
  app.options(
    url,
    { config: { access: 'public', cors: true, limit: 'none' }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .headers({
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': HEADERS,
          'access-control-max-age': REMEMBERED_SECONDS,
        })
        .code(204)
        .send(),
  );
}
