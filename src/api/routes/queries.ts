import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Changing,
  changeQuery,
  deleteQuery,
  reportOf,
  savedQuery,
  saveQuery,
} from '../../runtime/explorer/saved-queries.ts';
import { callerOf } from '../access.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u)
  .describe('letters, digits, spaces, dots and hyphens, at most 64');
const text = {
  sql: z.string().min(1).max(100_000).describe('one SELECT over the views'),
  description: z.string().max(2_000).default(''),
};
const named = z.object({ name, ...text });
const unnamed = z.object(text);
const params = z.object({ name: z.string() });

/** `/v1/queries`: queries that are kept by name, for everybody who may ask by SQL. They are text, and run as any other. */
export function queryRoutes(app: FastifyInstance, { open, now }: ServedShop): void {
  const { queries } = open;
  const changing = (request: FastifyRequest): Changing => {
    const { kind, id, name: own, role } = callerOf(request);
    return { kind, id, name: own, isAdmin: role === 'admin' };
  };
  const schema = (summary: string, ...statuses: readonly number[]) => ({
    summary,
    tags: ['sql'],
    response: problems(401, 403, ...statuses),
  });
  app.get('/v1/queries', { config: { access: 'analyst' }, schema: schema('Saved queries, by name') }, async () =>
    queries.saved().map(reportOf),
  );
  app.get<{ Params: z.infer<typeof params> }>(
    '/v1/queries/:name',
    { config: { access: 'analyst' }, schema: { ...schema('A saved query', 404), params } },
    async (request) => reportOf(savedQuery(queries, request.params.name)),
  );
  app.post<{ Body: z.infer<typeof named> }>(
    '/v1/queries',
    {
      config: { access: 'analyst', json: true, audit: 'query.save' },
      schema: { ...schema('Save a query under a name that nobody has', 400, 409), body: named },
    },
    async (request) => {
      const { name: given, ...rest } = request.body;
      return reportOf(saveQuery(queries, changing(request), given, rest, now()));
    },
  );
  app.put<{ Params: z.infer<typeof params>; Body: z.infer<typeof unnamed> }>(
    '/v1/queries/:name',
    {
      config: { access: 'analyst', json: true, audit: 'query.change' },
      schema: { ...schema('Change a saved query of your own', 400, 404), params, body: unnamed },
    },
    async (request) => reportOf(changeQuery(queries, changing(request), request.params.name, request.body, now())),
  );
  app.delete<{ Params: z.infer<typeof params> }>(
    '/v1/queries/:name',
    {
      config: { access: 'analyst', audit: 'query.delete' },
      schema: { ...schema('Delete a saved query of your own', 404), params },
    },
    async (request) => {
      deleteQuery(queries, changing(request), request.params.name);
      return { deleted: request.params.name };
    },
  );
}
