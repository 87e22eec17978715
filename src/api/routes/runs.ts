import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { runSchema } from '../run-schema.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const which = z.object({ id: z.string() });
const asked = z.object({
  wait: z.coerce.number().min(0).max(60).default(0).describe('seconds to wait for its end'),
});

/** `GET /v1/runs`: changes that were asked for, and how far they are. */
export function runRoutes(app: FastifyInstance, { runs }: ServedShop): void {
  app.get<{ Querystring: { limit: number } }>(
    '/v1/runs',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Changes that were asked for, the newest first',
        tags: ['changes'],
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
        response: { 200: z.array(runSchema), ...problems(400, 401, 403) },
      },
    },
    async ({ query }) => [...runs.list(query.limit)],
  );
  app.get<{ Params: z.infer<typeof which>; Querystring: z.infer<typeof asked> }>(
    '/v1/runs/:id',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A change that was asked for, and how far it is',
        tags: ['changes'],
        params: which,
        querystring: asked,
        response: { 200: runSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ params, query }) => runs.wait(params.id, query.wait * 1000),
  );
}
