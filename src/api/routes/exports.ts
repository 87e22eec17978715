import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Places } from '../../explorer/places.ts';
import { EXPORT_FORMATS, exportRows } from '../../runtime/export/export-rows.ts';
import { findView } from '../../runtime/find-view.ts';
import { sendFile } from '../export-stream.ts';
import { rowsQuery } from '../rows-query.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const params = z.object({ name: z.string().describe('name or kit.name of a view') });
const asked = z.object({ ...rowsQuery, format: z.enum(EXPORT_FORMATS).default('csv') });
const file = z.string().describe('the file');

/** Each keeps what its transaction sees on disk, and a share of the memory, for as long as it is read. */
const AT_ONCE = 4;
const WAITING = 16;

/** `GET /v1/views/NAME/export`: all rows that are chosen, as a file. */
export function exportRoutes(app: FastifyInstance, { open }: ServedShop): void {
  const places = new Places(AT_ONCE, WAITING);
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const leave = await places.enter();
    return work().finally(leave);
  };
  app.get<{ Params: z.infer<typeof params>; Querystring: z.infer<typeof asked> }>(
    '/v1/views/:name/export',
    {
      config: { access: 'analyst', limit: 'query', audit: 'export' },
      // Bytes go out as they are.
      serializerCompiler: () => JSON.stringify,
      schema: {
        summary: 'All rows of a view as a file, live ones included',
        description:
          'Rows of one committed state, sent as fast as they are read, packed with gzip where that is accepted. The connection is cut when it fails half-way. The header footfall-cursor is where changes of the final rows go on. In CSV a text that a spreadsheet would run has an apostrophe in front.',
        tags: ['views'],
        params,
        querystring: asked,
        response: {
          200: {
            description: 'the file',
            content: {
              'text/csv': { schema: file },
              'application/x-ndjson': { schema: file },
              'application/vnd.apache.parquet': { schema: file },
            },
          },
          ...problems(400, 401, 403, 404, 503),
        },
      },
    },
    async (request, reply) => {
      const { format } = request.query;
      const { name } = findView(open.shop, request.params.name);
      request.auditDetails = { view: name, format };
      return sendFile(request, reply, { name, format }, (sink) =>
        inTurn(() => exportRows(open, { view: name, ...request.query }, sink)),
      );
    },
  );
}
