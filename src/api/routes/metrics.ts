import type { FastifyInstance } from 'fastify';
import { metricsOf } from '../metrics.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

/** `GET /metrics`, for Prometheus. */
export function metricRoutes(app: FastifyInstance, served: ServedShop): void {
  const { registry, requestSeconds } = metricsOf(served);
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    requestSeconds.observe(
      { method, route: routeOptions.url ?? 'unknown', status: String(statusCode) },
      elapsedTime / 1000,
    );
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
