import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ServedShop } from '../served-shop.ts';

const ready = z.object({ ready: z.boolean(), reasons: z.array(z.string()) });

/** `GET /v1/health/live` and `/ready`, for whoever watches over the process. */
export function healthRoutes(app: FastifyInstance, { notReady }: ServedShop): void {
  app.get(
    '/v1/health/live',
    {
      config: { quiet: true, access: 'public', limit: 'none' },
      schema: {
        summary: 'The process answers',
        tags: ['health'],
        response: { 200: z.object({ live: z.literal(true) }) },
      },
    },
    async () => ({ live: true as const }),
  );
  app.get(
    '/v1/health/ready',
    {
      config: { quiet: true, access: 'public', limit: 'none' },
      schema: {
        summary: 'Events can be sent and rows be read',
        tags: ['health'],
        response: { 200: ready, 503: ready },
      },
    },
    async (_request, reply) => {
      const reasons = notReady();
      return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons: [...reasons] });
    },
  );
}
