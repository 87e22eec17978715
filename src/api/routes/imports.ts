import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { columnMapping } from '../../config/value.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const name = z.object({
  name: z.string().describe('what the import is called: the same file under the same name is the same import'),
});
const asked = z.object({
  map: columnMapping
    .optional()
    .describe('event fields and the columns that hold them, such as event_time=ts,user_id=customer'),
  format: z.enum(['csv', 'ndjson', 'parquet']).optional().describe('where the file does not tell what it is'),
});
const status = z.object({
  name: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  received: z.string(),
  finished: z.string().nullable(),
  bytes: z.int(),
  sha256: z.string(),
  format: z.string(),
  packing: z.string(),
  vocabulary: z.string().describe('the shape of the file; `mapped`: only what `map` says'),
  columns: z.array(z.string()),
  map: z.record(z.string(), z.string()),
  fields: z
    .record(z.string(), z.string())
    .describe('event field → column that it is read from; other columns are kept as properties'),
  events: z.int(),
  rejected: z.int(),
  progress: z
    .object({ share: z.number(), events_per_second: z.number(), eta_seconds: z.number().nullable() })
    .nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
const TAG = ['imports'];

/** Files of events: sent as they are, read beside all else. */
export function importRoutes(app: FastifyInstance, { imports }: ServedShop): void {
  // Within a scope of its own: bodies are streams here, whatever their type.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put<{ Params: z.infer<typeof name>; Querystring: z.infer<typeof asked>; Body: Readable }>(
      '/v1/imports/:name',
      {
        config: { access: 'admin', upload: true, audit: 'import' },
        schema: {
          summary: 'Import a file of events: CSV, NDJSON or Parquet, also gzip or zstd',
          description:
            'The body is the file. 201 when it is on disk and was recognised, 200 when it was there already; what becomes of it is told by GET.',
          tags: TAG,
          params: name,
          querystring: asked,
          response: { 200: status, 201: status, ...problems(400, 401, 403, 409, 413, 422, 503) },
        },
      },
      async ({ params, query, body, headers }, reply) => {
        const { map, format } = query;
        const length = headers['content-length'];
        const received = await imports.receive({
          name: params.name,
          body,
          announced: length === undefined ? null : Number(length),
          map: map ?? {},
          ...(format === undefined ? {} : { format }),
        });
        return reply.code(received.fresh ? 201 : 200).send(received.status);
      },
    );
  });
  app.get(
    '/v1/imports',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Files that were imported, and how far they are',
        tags: TAG,
        response: { 200: z.array(status), ...problems(401, 403) },
      },
    },
    async () => [...(await imports.list())],
  );
  app.get<{ Params: z.infer<typeof name> }>(
    '/v1/imports/:name',
    {
      config: { access: 'read' },
      schema: {
        summary: 'An import, what its columns were taken for, and how far it is',
        tags: TAG,
        params: name,
        response: { 200: status, ...problems(401, 403, 404) },
      },
    },
    async ({ params }) => imports.find(params.name),
  );
}
