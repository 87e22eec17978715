import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { canonical } from '../../../shop/vocabularies/canonical.ts';
import { JOURNAL } from '../../runtime/collect/journal-source.ts';
import { JsonRequestParser } from '../../source/json-request.ts';
import { answer } from '../answer-schema.ts';
import { answerWithVerdicts, collect } from '../collect.ts';
import { preflight } from '../cors.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

/** `POST /v1/events`: events in the canonical vocabulary. */
export function eventRoutes(app: FastifyInstance, shop: ServedShop): void {
  const parser = new JsonRequestParser(canonical, JOURNAL);
  preflight(app, '/v1/events');
  app.post(
    '/v1/events',
    {
      config: { access: 'ingest', cors: true, keyAnywhere: true },
      schema: {
        summary: 'Send events',
        description:
          'One event as a JSON object, several as an array, or one a line. The answer comes when they are on disk, with a verdict for each.',
        tags: ['events'],
        headers: z.object({ 'idempotency-key': z.string().max(200).optional() }),
        response: { 200: answer, ...problems(400, 401, 403, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      return answerWithVerdicts(await collect(shop, parser, request), reply);
    },
  );
}
