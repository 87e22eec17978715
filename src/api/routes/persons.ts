import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { STEPS } from '../../journey/sessions.ts';
import { person, personEvents, persons } from '../../runtime/operations/persons.ts';
import { session, sessions, sessionsInput } from '../../runtime/operations/sessions.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const paged = {
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  cursor: z.string().optional().describe('next of the page before'),
};
const steps = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.enum(Object.keys(STEPS) as [keyof typeof STEPS])))
  .optional();
const choice = sessionsInput.extend({
  has: steps.describe('view, cart, purchase: sessions with all of these'),
  without: steps.describe('sessions with none of these'),
  live: z.stringbool().optional().describe('that may still go on, or are over'),
  ...paged,
});
const id = z.object({ id: z.string() });
const ofVisitor = z.object({
  visitor: z.string().optional().describe('where a session id is of several visitors'),
  ...paged,
});
const search = z.object({
  search: z.string().optional().describe('the beginning of the id of a person, or of a visitor that is one'),
  ...paged,
});

/** Sessions and people, each with their story, live ones included. */
export function personRoutes(app: FastifyInstance, { open }: ServedShop): void {
  const nothing = (): void => undefined;
  app.get<{ Querystring: z.infer<typeof choice> }>(
    '/v1/sessions',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Sessions, the latest first, a page at a time',
        tags: ['sessions'],
        querystring: choice,
        response: problems(400, 401, 403, 404),
      },
    },
    ({ query }) => sessions.run(open, query, nothing),
  );
  app.get<{ Params: z.infer<typeof id>; Querystring: z.infer<typeof ofVisitor> }>(
    '/v1/sessions/:id',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A session with its events: seconds since the first one, and the cart after each',
        tags: ['sessions'],
        params: id,
        querystring: ofVisitor,
        response: problems(400, 401, 403, 404, 409),
      },
    },
    ({ params, query }) => session.run(open, { ...params, ...query }, nothing),
  );
  app.get<{ Querystring: z.infer<typeof search> }>(
    '/v1/people',
    {
      config: { access: 'read' },
      schema: {
        summary: 'People with what they did, by their ids, a page at a time',
        tags: ['people'],
        querystring: search,
        response: problems(400, 401, 403, 404),
      },
    },
    ({ query }) => persons.run(open, query, nothing),
  );
  app.get<{ Params: z.infer<typeof id> }>(
    '/v1/people/:id',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A person: their ids, what was said of them, orders and revenue',
        tags: ['people'],
        params: id,
        response: problems(400, 401, 403, 404),
      },
    },
    ({ params }) => person.run(open, params, nothing),
  );
  const page = z.object(paged);
  app.get<{ Params: z.infer<typeof id>; Querystring: z.infer<typeof page> }>(
    '/v1/people/:id/events',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The events of a person over all their sessions, in order, a page at a time',
        tags: ['people'],
        params: id,
        querystring: page,
        response: problems(400, 401, 403, 404),
      },
    },
    ({ params, query }) => personEvents.run(open, { ...params, ...query }, nothing),
  );
}
