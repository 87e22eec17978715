import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { checkRows, type PageInput, type RowsPage, rowsPage } from '../../runtime/operations/rows-page.ts';
import { views } from '../../runtime/operations/views.ts';
import { hasState } from '../etag.ts';
import { rowsQuery } from '../rows-query.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const name = z.object({ name: z.string().describe('name or kit.name of a view') });

const asked = z.object({
  ...rowsQuery,
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  cursor: z.string().optional().describe('next of the page before'),
});

/** `GET /v1/views`, one of them, and its rows. */
export function viewRoutes(app: FastifyInstance, service: ServedShop): void {
  const { open } = service;
  app.get(
    '/v1/views',
    { config: { access: 'read' }, schema: { summary: 'All views', tags: ['views'], response: problems(401, 403) } },
    async () => views.run(open, {}, () => undefined),
  );
  app.get<{ Params: z.infer<typeof name> }>(
    '/v1/views/:name',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A view, how it is defined and what its columns mean',
        tags: ['views'],
        params: name,
        response: problems(401, 403, 404),
      },
    },
    async ({ params }) => views.run(open, { name: params.name }, () => undefined),
  );
  app.get<{ Params: z.infer<typeof name>; Querystring: z.infer<typeof asked> }>(
    '/v1/views/:name/rows',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Rows of a view, live ones included, a page at a time',
        description:
          'With group_by, groups of them: measures are computed anew from exact sums, and one that cannot be is refused. With compare, each group beside that of another range: NAME_before, NAME_change and NAME_change_rate.',
        tags: ['views'],
        params: name,
        querystring: asked,
        response: problems(400, 401, 403, 404),
      },
    },
    (request, reply) => answerRows(service, request, reply, { view: request.params.name, ...request.query }),
  );
}

/** A page of rows, or 304 where whoever asks has those of this state. */
export async function answerRows(
  { open }: ServedShop,
  { headers }: FastifyRequest,
  reply: FastifyReply,
  input: PageInput,
): Promise<RowsPage | FastifyReply> {
  const { shop } = open;
  // All that a row can depend on: the definition is settled while the process runs.
  const state = `W/"${shop.generation}:${shop.final.epoch}:${shop.ingest.batch}:${shop.factsApplied}"`;
  const has = hasState(headers['if-none-match'], state);
  // A question that is wrong is told so, whatever its sender has.
  const page = has ? await checkRows(open, input) : await rowsPage(open, input);
  reply.header('etag', state).header('cache-control', 'private, no-cache');
  return page ?? reply.code(304).send();
}
