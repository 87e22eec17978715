import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { metricsOf } from '../metrics.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

/** `GET /metrics`, for Prometheus. */
export function metricRoutes(app: FastifyInstance, served: ServedShop): void {
  const { registry, requestSeconds } = metricsOf(served);
  const observe = ({ method, routeOptions }: FastifyRequest, { elapsedTime }: FastifyReply, status: string): void =>
    requestSeconds.observe({ method, route: routeOptions.url ?? 'unknown', status }, elapsedTime / 1000);
  app.addHook('onResponse', async (request, reply) => observe(request, reply, String(reply.statusCode)));
  app.addHook('onRequest', async (request, reply) => {
    // Of those whose sender has gone, onResponse is not told.
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished && reply.raw.errored === null) observe(request, reply, 'aborted');
    });
  });
  app.get(
    '/metrics',
    {
      config: { quiet: true, access: 'read' },
      schema: { summary: 'Metrics, as Prometheus reads them', tags: ['health'], response: problems(401, 403) },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
}
