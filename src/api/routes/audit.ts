import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import { parseInstant } from '../../runtime/parse-instant.ts';
import type { AuditLine } from '../../store/access/audit-log.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const PAGE = 100;
const asked = z.object({
  since: z.string().optional().describe('an instant, such as 2026-11-01 or 2026-11-01T08:00:00Z'),
  until: z.string().optional(),
  action: z.string().max(100).optional().describe('such as sql, or key for all about keys'),
  before: z.coerce.number().int().min(1).optional().describe('only lines before this number: the next page'),
  limit: z.coerce.number().int().min(1).max(1_000).default(PAGE),
});
const line = z.object({
  number: z.int(),
  at: z.string(),
  who: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string(), role: z.string().nullable() }),
  action: z.string(),
  outcome: z.enum(['done', 'refused', 'failed']),
  from: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  hash: z.string(),
});
const head = z.object({ number: z.int(), hash: z.string() });
const checked = z.object({
  lines: z.int(),
  head: head.nullable().describe('note it elsewhere: with it a later check also finds a chain that was made anew'),
  wrong: z.array(z.object({ number: z.int(), what: z.enum(['changed', 'missing']) })),
});
const noted = z.object({
  number: z.coerce.number().int().min(1).optional().describe('with hash: a head that was noted earlier'),
  hash: z.string().max(100).optional(),
});

/** `/v1/audit`: who did what, for administrators. */
export function auditRoutes(app: FastifyInstance, { open }: ServedShop): void {
  const { audit } = open.access;
  const tags = ['access'];
  app.get<{ Querystring: z.infer<typeof asked> }>(
    '/v1/audit',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Who did what, the newest first',
        tags,
        querystring: asked,
        response: { 200: z.object({ lines: z.array(line), next: z.int().nullable() }), ...problems(400, 401, 403) },
      },
    },
    async ({ query: { since, until, action, before, limit } }) => {
      const lines = audit.read({
        limit,
        ...(since === undefined ? {} : { since: parseInstant(since, 'since') }),
        ...(until === undefined ? {} : { until: parseInstant(until, 'until') }),
        ...(action === undefined ? {} : { action }),
        ...(before === undefined ? {} : { before }),
      });
      return { lines: lines.map(shown), next: lines.length < limit ? null : (lines.at(-1)?.number ?? null) };
    },
  );
  app.get<{ Querystring: z.infer<typeof noted> }>(
    '/v1/audit/verify',
    {
      config: { access: 'admin', limit: 'query' },
      schema: {
        summary: 'Whether any line was changed or taken out',
        tags,
        querystring: noted,
        response: { 200: checked, ...problems(400, 401, 403) },
      },
    },
    async ({ query: { number, hash } }) => {
      const { wrong, ...rest } = audit.verify(
        number === undefined || hash === undefined ? undefined : { number, hash },
      );
      return { ...rest, wrong: [...wrong] };
    },
  );
}

const shown = ({ at, details, ...line }: AuditLine) => ({ ...line, at: formatInstant(at), details: { ...details } });
