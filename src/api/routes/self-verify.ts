import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { selfVerifyStatus } from '../../runtime/operations/self-verify-status.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const asked = z.object({
  views: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .default([])
    .describe('only these, with commas between them; raw is one of them'),
  days: z.coerce.number().positive().max(10_000).default(7).describe('verified within so many days counts'),
});

/** `GET /v1/self-verify`: how much of the history the running server has verified. */
export function selfVerifyRoutes(app: FastifyInstance, { open }: ServedShop): void {
  app.get<{ Querystring: z.infer<typeof asked> }>(
    '/v1/self-verify',
    {
      config: { access: 'read' },
      schema: {
        summary: 'How much of the history was verified of late while the server ran, and what differed',
        tags: ['verify'],
        querystring: asked,
        response: problems(400, 401, 403, 404),
      },
    },
    async ({ query }) => selfVerifyStatus.run(open, query, () => undefined),
  );
}
