import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { changeTypes, mappedTypes, typesInput } from '../../runtime/operations/type-mapping.ts';
import type { ServedShop } from '../served-shop.ts';
import { ask } from './ask.ts';
import { change } from './change.ts';

/** Words for event types, and what they stand for. */
export function vocabularyRoutes(app: FastifyInstance, service: ServedShop): void {
  const [tag, url] = ['sources', '/v1/vocabulary'];
  ask(
    app,
    service,
    { method: 'GET', url, access: 'read', tag, summary: 'Words that stand for an event type' },
    mappedTypes,
  );
  change(
    app,
    service,
    {
      url,
      summary: 'Have words stand for event types, in history as in what comes',
      description: '`types` says which word stands for which type; null: for itself again.',
      tag,
      name: 'map-types',
      body: typesInput,
      inputOf: (body) => body as z.infer<typeof typesInput>,
    },
    changeTypes,
  );
}
