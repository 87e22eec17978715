import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sqlShape } from '../../core/sql-shape.ts';
import { formatInstant } from '../../core/time.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const asked = z.object({
  sql: z.string().max(100_000).describe('one SELECT over the views'),
  limit: z.int().min(1).max(100_000).default(10_000),
});

/** Bytes of rows that an answer may have. */
const MOST_BYTES = 16_000_000;

/** `POST /v1/sql` and the schema for it. */
export function sqlRoutes(app: FastifyInstance, { open, explorer, snapshots, now }: ServedShop): void {
  app.post<{ Body: z.infer<typeof asked> }>(
    '/v1/sql',
    {
      config: { access: 'analyst', json: true, limit: 'query', audit: 'sql' },
      schema: {
        summary: 'Run a SELECT over the views',
        description:
          'It runs in a process of its own over copies of the rows, at most some seconds old: `as_of` says how old. Ended when the caller goes away.',
        tags: ['sql'],
        body: asked,
        response: problems(400, 401, 403, 503),
      },
    },
    async (request, reply) => {
      const { sql, limit } = request.body;
      request.auditDetails = { sql: sqlShape(sql) };
      // A name that is not in the text cannot be read by it: only what may be read is copied.
      const text = sql.toLowerCase();
      const named = open.shop.views.filter(({ name }) => text.includes(name));
      const tables = await snapshots.of(named, now());
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const began = performance.now();
      const answer = await explorer.ask({ sql, limit, mostBytes: MOST_BYTES, tables }, gone.signal);
      const oldest = tables.reduce((least, { taken }) => Math.min(least, taken), now());
      return { ...answer, as_of: formatInstant(oldest), seconds: (performance.now() - began) / 1000 };
    },
  );
  app.get(
    '/v1/sql/schema',
    {
      config: { access: 'analyst' },
      schema: {
        summary: 'Tables for queries, with what their columns mean',
        tags: ['sql'],
        response: problems(401, 403),
      },
    },
    async () =>
      open.shop.views.map(({ name, label, description, columns }) => ({
        name,
        label,
        description,
        columns: columns.map((column) => ({
          name: column.name,
          label: column.label,
          unit: column.unit ?? null,
          description: column.description,
        })),
      })),
  );
}
