import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Millis } from '../../core/time.ts';
import type { Operation } from '../../runtime/operation.ts';
import type { Run } from '../../runtime/runs/runs.ts';
import { runSchema } from '../run-schema.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

/** How long an answer waits for the end of what was asked, unless the request says otherwise; and the longest. */
const PATIENCE: Millis = 10_000;
const MOST_PATIENCE: Millis = 60_000;

interface Change<Input> {
  readonly method?: 'POST' | 'PUT';
  readonly url: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** Name of the run, and what it waits for: runs of one queue go one after the other. */
  readonly name: string;
  readonly queue?: string;
  readonly params?: z.ZodType;
  readonly body?: z.ZodType;
  /** Its body is a file of so many bytes at most, which may take as long as something of it comes. */
  readonly file?: number;
  /** What the operation is asked, from what was sent. */
  readonly inputOf: (body: unknown, params: Readonly<Record<string, string>>) => Input;
}

const headers = z.object({
  'idempotency-key': z.string().max(200).optional(),
  prefer: z
    .string()
    .max(200)
    .optional()
    .describe('wait=SECONDS: how long to wait for the end; respond-async: not at all'),
});

/**
 * Puts an operation that changes a shop behind a route. What is asked for goes on whether or not anybody waits: the answer
 * is the run with its result, or after some seconds the run as far as it is, to be asked for again by its id.
 */
export function change<Input, Part, Output>(
  app: FastifyInstance,
  service: ServedShop,
  { method = 'POST', url, summary, description, tag, name, queue = name, params, body, file, inputOf }: Change<Input>,
  operation: Operation<Input, Part, Output>,
): void {
  app.route<{ Headers: z.infer<typeof headers> }>({
    method,
    url,
    config: { access: 'admin', json: body !== undefined, audit: name, ...(file === undefined ? {} : { upload: true }) },
    ...(file === undefined ? {} : { bodyLimit: file }),
    schema: {
      summary,
      tags: [tag],
      description: `${description === undefined ? '' : `${description} `}Changes the shop: 200 with the run when it is done, 202 while it goes on. With an Idempotency-Key it is carried out once, however often it is sent.`,
      headers,
      ...(params === undefined ? {} : { params }),
      ...(body === undefined ? {} : { body }),
      response: { 200: runSchema, 202: runSchema, ...problems(400, 401, 403, 404, 409, 422, 503) },
    },
    handler: async (request, reply) => {
      const input = inputOf(request.body, request.params as Readonly<Record<string, string>>);
      const key = keyOf(request);
      const asked = { name, queue, operation, input, ...(key === undefined ? {} : { key }) };
      const { id, replayed } = service.runs.begin(asked);
      if (replayed) reply.header('idempotency-replayed', 'true');
      return answerWithRun(await service.runs.end(id, patienceOf(request.headers.prefer)), reply);
    },
  });
}

/** @throws FootfallError what the run failed with */
export function answerWithRun(run: Run, reply: FastifyReply): FastifyReply {
  if (run.status === 'running') reply.code(202).header('retry-after', '1');
  return reply.header('location', `/v1/runs/${run.id}`).send(run);
}

/** The sender's key, with whose it is. */
function keyOf({ headers, caller }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key'];
  return given === undefined ? undefined : `${caller?.id ?? ''}/${String(given)}`;
}

/** How long a request wants to wait (RFC 7240). @example patienceOf('wait=5') // 5000 */
export function patienceOf(prefer: string | undefined): Millis {
  if (prefer === undefined) return PATIENCE;
  const seconds = /\bwait=(\d{1,5})\b/.exec(prefer)?.[1];
  if (seconds !== undefined) return Math.min(MOST_PATIENCE, Number(seconds) * 1000);
  return /\brespond-async\b/.test(prefer) ? 0 : PATIENCE;
}
