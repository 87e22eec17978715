import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { declarationInput, declaredDefinitions } from '../../runtime/declared-definitions.ts';
import { apply, plan, planHistory, rollback } from '../../runtime/operations/plans.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';
import { ask } from './ask.ts';
import { change } from './change.ts';

const BODY = 'What is not given is as the server is configured.';
/** Definitions change one after the other, and not while people are erased. */
export const DEFINITIONS = 'definitions';

const back = z.object({
  in_force: z
    .int()
    .min(1)
    .describe('number of the definitions in force, by the history: a request sent twice goes back once'),
  discard: z.boolean().default(false).describe('only give up the rows that are kept to go back to'),
});

/** What would change if other definitions were put in force, and doing so. */
export function planRoutes(app: FastifyInstance, service: ServedShop): void {
  const declared = (body: unknown) => declaredDefinitions(service.config, body as z.infer<typeof declarationInput>);
  app.post(
    '/v1/plan',
    {
      config: { access: 'analyst', json: true },
      schema: {
        summary: 'What would change if definitions were put in force',
        description: BODY,
        tags: ['changes'],
        body: declarationInput,
        response: problems(400, 401, 403),
      },
    },
    async ({ body }) => plan.run(service.open, declared(body), () => undefined),
  );
  ask(
    app,
    service,
    {
      method: 'GET',
      url: '/v1/plan/history',
      access: 'read',
      tag: 'changes',
      summary: 'Definitions that were put in force, oldest first',
    },
    planHistory,
  );
  change(
    app,
    service,
    {
      url: '/v1/apply',
      summary: 'Put definitions in force',
      description: `${BODY} New rows are made beside those in force, checked, and take their place at once.`,
      tag: 'changes',
      name: 'apply',
      queue: DEFINITIONS,
      body: declarationInput,
      inputOf: declared,
    },
    apply,
  );
  change(
    app,
    service,
    {
      url: '/v1/rollback',
      summary: 'Put the definitions in force that were before',
      tag: 'changes',
      name: 'rollback',
      queue: DEFINITIONS,
      body: back,
      inputOf: (body) => body as z.infer<typeof back>,
    },
    rollback,
  );
}
