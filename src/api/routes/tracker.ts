import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** `GET /footfall.js`: the script that a shop's pages load. */
export function trackerRoutes(app: FastifyInstance): void {
  const plain = withoutComments(readFileSync(new URL('../tracker/footfall.js', import.meta.url), 'utf8'));
  const packed = gzipSync(plain, { level: 9 });
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`;
  app.get(
    '/footfall.js',
    { config: { access: 'public', limit: 'none' }, schema: { hide: true } },
    async (request, reply) => {
      reply.headers({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=3600',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        vary: 'accept-encoding',
        etag,
      });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(plain);
      return reply.header('content-encoding', 'gzip').send(packed);
    },
  );
}

/** Comments of whole lines, and indentation: what makes the script longer and nobody's browser wiser. */
const withoutComments = (script: string): string =>
  script.replace(/^\s*(\/\/.*|\/\*\*.*\*\/)?\n/gm, '').replace(/^ +/gm, '');
