import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rowSchema } from '../row-schema.ts';
import { rowsQuery } from '../rows-query.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';
import { answerRows } from './views.ts';

const { from, to, order, final, where, zone } = rowsQuery;
const asked = z.object({
  ...{ from, to, order, final, where, zone },
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  cursor: z.string().optional().describe('next of the page before'),
});

const table = z.object({
  name: z.string(),
  kit: z.string(),
  label: z.string(),
  description: z.string(),
  path: z.string().describe('where its rows are'),
});

/**
 * `GET /v1/tables`, and each table under its own name with the columns of its rows, so that clients made from the
 * documentation have types. The documentation is that of the definitions in force when the server started.
 */
export function tableRoutes(app: FastifyInstance, service: ServedShop): void {
  const { shop } = service.open;
  // What it says is documentation: rows are not checked against it again.
  const serializerCompiler = () => JSON.stringify;
  app.get(
    '/v1/tables',
    {
      config: { access: 'read' },
      serializerCompiler,
      schema: {
        summary: 'All tables, each with the path of its rows',
        tags: ['tables'],
        response: { 200: z.array(table), ...problems(401, 403) },
      },
    },
    async () =>
      shop.views.map(({ name, kit, label, description }) => ({
        name,
        kit,
        label,
        description,
        path: `/v1/tables/${name}`,
      })),
  );
  for (const { name, label, description, ...view } of shop.views) {
    const row = rowSchema({ name, label, description, ...view }, shop.context);
    const page = z.object({
      view: z.string(),
      generation: z.int(),
      epoch: z.int(),
      rows: z.array(row),
      next: z.string().nullable().describe('cursor of the rows that follow; null at the end'),
    });
    app.get<{ Querystring: z.infer<typeof asked> }>(
      `/v1/tables/${name}`,
      {
        config: { access: 'read' },
        serializerCompiler,
        schema: {
          operationId: name,
          summary: label,
          description,
          tags: ['tables'],
          querystring: asked,
          response: {
            200: page,
            304: z.undefined().describe('as the ETag says'),
            ...problems(400, 401, 403, 404),
          },
        },
      },
      (request, reply) => answerRows(service, request, reply, { view: name, ...request.query }),
    );
  }
}
