import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { sqlShape } from '../../core/sql-shape.ts';
import { formatInstant } from '../../core/time.ts';
import type { QueryTask } from '../../runtime/explorer/queries.ts';
import { savedQuery } from '../../runtime/explorer/saved-queries.ts';
import { linesOf } from '../../runtime/export/export-rows.ts';
import { describedColumns } from '../../runtime/operations/views.ts';
import { callerOf } from '../access.ts';
import { sendFile } from '../export-stream.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const MOST_ROWS = 100_000;
const text = {
  sql: z.string().max(100_000).optional().describe('one SELECT over the views'),
  query: z.string().max(100).optional().describe('the name of a saved query instead'),
  id: z.string().min(1).max(100).optional().describe('by which it may be cancelled while it runs'),
};
const asked = z.object({ ...text, limit: z.int().min(1).max(MOST_ROWS).default(10_000) });
const file = z.object({ ...text, format: z.enum(['csv', 'ndjson']).default('csv') });
const part = z.string().describe('the file');

/** `POST /v1/sql`, what runs and what was asked, and the schema for it. */
export function sqlRoutes(app: FastifyInstance, { open, queries }: ServedShop): void {
  const config = { access: 'analyst', json: true, limit: 'query', audit: 'sql' } as const;
  /** Ended when whoever asks goes away. */
  const run = (request: FastifyRequest, reply: FastifyReply, given: AskedSql, more: Omit<QueryTask, 'sql' | 'id'>) => {
    const sql = sqlOf(given);
    request.auditDetails = { sql: sqlShape(sql) };
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return queries.run(callerOf(request), { sql, id: given.id, ...more }, gone.signal);
  };
  const sqlOf = ({ sql, query }: AskedSql): string => {
    if ((sql === undefined) === (query === undefined))
      throw new FootfallError('request.invalid', { reason: 'give either sql or the name of a saved query' });
    return sql ?? savedQuery(open.queries, query ?? '').sql;
  };
  app.post<{ Body: z.infer<typeof asked> }>(
    '/v1/sql',
    {
      config,
      schema: {
        summary: 'Run a SELECT over the views',
        description:
          'It runs in a process of its own over copies of the rows, at most some seconds old: as_of says how old. truncated says what cut the answer, and limits what may. Ended when the caller goes away.',
        tags: ['sql'],
        body: asked,
        response: problems(400, 401, 403, 404, 409, 503),
      },
    },
    (request, reply) => run(request, reply, request.body, { limit: request.body.limit }),
  );
  app.post<{ Body: z.infer<typeof asked> }>(
    '/v1/sql/explain',
    {
      config,
      schema: {
        summary: 'How a SELECT would be run',
        tags: ['sql'],
        body: asked,
        response: problems(400, 401, 403, 404, 409, 503),
      },
    },
    async (request, reply) => {
      const { rows } = await run(request, reply, request.body, { limit: 1, explain: true });
      return { plan: rows.map((row) => row.at(-1)).join('\n') };
    },
  );
  app.post<{ Body: z.infer<typeof file> }>(
    '/v1/sql/export',
    {
      config: { ...config, audit: 'export' },
      serializerCompiler: () => JSON.stringify,
      schema: {
        summary: 'The answer to a SELECT as a file, whole or not at all',
        tags: ['sql'],
        body: file,
        response: {
          200: {
            description: 'the file',
            content: { 'text/csv': { schema: part }, 'application/x-ndjson': { schema: part } },
          },
          ...problems(400, 401, 403, 404, 409, 503),
        },
      },
    },
    async (request, reply) => {
      const { format, query = 'query' } = request.body;
      const answer = await run(request, reply, request.body, { limit: MOST_ROWS });
      if (answer.truncated !== null) {
        const limit = answer.truncated === 'rows' ? `${MOST_ROWS} rows` : `${answer.limits.bytes / 1e6} MB`;
        throw new FootfallError('query.cut', { limit });
      }
      const name = query.replace(/[^\w.-]+/g, '-');
      return sendFile(request, reply, { name, format }, async (sink) => {
        // Copies may be older than what has been closed since.
        sink.begin({ cursor: null });
        await sink.write(Buffer.from(linesOf(format, answer.columns, answer.rows)));
      });
    },
  );
  app.get(
    '/v1/sql/running',
    {
      config: { access: 'analyst' },
      schema: { summary: 'Queries of the caller that run or wait', tags: ['sql'], response: problems(401, 403) },
    },
    async (request) => queries.running(callerOf(request)),
  );
  app.delete<{ Params: { id: string } }>(
    '/v1/sql/running/:id',
    {
      config: { access: 'analyst' },
      schema: {
        summary: 'Cancel a query of the caller',
        tags: ['sql'],
        params: z.object({ id: z.string() }),
        response: problems(401, 403),
      },
    },
    async (request) => ({ cancelled: queries.cancel(callerOf(request), request.params.id) }),
  );
  app.get<{ Querystring: { limit: number } }>(
    '/v1/sql/history',
    {
      config: { access: 'analyst' },
      schema: {
        summary: 'What the caller asked lately, the latest first',
        tags: ['sql'],
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
        response: problems(400, 401, 403),
      },
    },
    async (request) =>
      open.queries
        .history(callerOf(request), request.query.limit)
        .map(({ asked: at, ...rest }) => ({ asked: formatInstant(at), ...rest })),
  );
  app.get(
    '/v1/sql/schema',
    {
      config: { access: 'analyst' },
      schema: {
        summary: 'Tables for queries, with what their columns mean',
        tags: ['sql'],
        response: problems(401, 403),
      },
    },
    async () => {
      queries.prepare();
      const { views, context } = open.shop;
      return views.map((view) => ({
        name: view.name,
        label: view.label,
        description: view.description,
        columns: describedColumns(view, context),
      }));
    },
  );
}

interface AskedSql {
  readonly sql?: string | undefined;
  readonly query?: string | undefined;
  readonly id?: string | undefined;
}
