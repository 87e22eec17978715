import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { erase, erasures, tryErasure } from '../../runtime/operations/erase.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';
import { change } from './change.ts';
import { DEFINITIONS } from './plans.ts';

const whom = z.object({
  visitor: z.string().min(1).max(1_000).describe('user id or anonymous id, as it was sent'),
  person: z.boolean().default(false).describe('everybody who is or was linked with them, too'),
  mode: z.enum(['anonymise', 'remove']).default('anonymise'),
});
const confirmed = whom.extend({
  confirm: z.literal(true).describe('it cannot be taken back'),
});
const which = z.object({ erasure: z.coerce.number().int().min(1) });

/** Erasing people for good, and the certificates. */
export function erasureRoutes(app: FastifyInstance, service: ServedShop): void {
  const { open } = service;
  const tag = 'erasure';
  app.post<{ Body: z.infer<typeof whom> }>(
    '/v1/erasures/try',
    {
      config: { access: 'admin', json: true },
      schema: {
        summary: 'Where a person is named, and how often; nothing is erased',
        tags: [tag],
        body: whom,
        response: problems(400, 401, 403, 404),
      },
    },
    async ({ body }) => tryErasure.run(open, body, () => undefined),
  );
  change(
    app,
    service,
    {
      url: '/v1/erasures',
      summary: 'Erase a person for good',
      description: 'Events are taken in and rows are read meanwhile. What ends it is finished at the next start.',
      tag,
      name: 'erasure',
      queue: DEFINITIONS,
      body: confirmed,
      inputOf: (body) => {
        const { visitor, person, mode } = body as z.infer<typeof confirmed>;
        return { visitor, person, mode };
      },
    },
    erase,
  );
  app.get(
    '/v1/erasures',
    {
      config: { access: 'admin' },
      schema: { summary: 'Certificates of all erasures, oldest first', tags: [tag], response: problems(401, 403) },
    },
    async () => erasures.run(open, {}, () => undefined),
  );
  app.get<{ Params: z.infer<typeof which> }>(
    '/v1/erasures/:erasure',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'The certificate of an erasure',
        tags: [tag],
        params: which,
        response: problems(400, 401, 403, 404),
      },
    },
    async ({ params }) => (await erasures.run(open, params, () => undefined))[0],
  );
}
