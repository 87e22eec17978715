import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { noteFailure } from './request-log.ts';

/** An error as RFC 9457 has it, with the code of the catalogue. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint: string;
  /** Where it is: a JSON pointer, a column. */
  readonly where?: string;
  /** Of this request, to be found in the log. */
  readonly request_id: string;
}

/** Seconds after which a request that was refused for want of room may be sent again. */
const RETRY_AFTER = 2;

/** Answers with an error; what was not foreseen is logged, and its text is not told. */
export async function answerWithProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const known = footfallErrorOf(error, request.routeOptions.bodyLimit);
  noteFailure(request, known);
  const { http, retry } = known.entry;
  if (retry) reply.header('retry-after', String(known.code === 'access.rate' ? known.params['seconds'] : RETRY_AFTER));
  await reply.code(http).type('application/problem+json').send(problemOf(known, request.id));
}

/** @param requestId by which the log knows the request */
export const problemOf = (known: FootfallError, requestId: string): Problem => ({
  type: `/docs/errors#${known.code.replace('.', '')}`,
  title: known.entry.title,
  status: known.entry.http,
  detail: known.code === 'internal.bug' ? 'a defect in Footfall; the log has its story' : known.message,
  code: known.code,
  hint: known.hint,
  ...(known.where === null ? {} : { where: known.where }),
  request_id: requestId,
});

/** What Fastify says in its own words. */
function footfallErrorOf(error: unknown, limit = BODY_LIMIT): FootfallError {
  if (error instanceof FootfallError) return error;
  const { code = '', message, statusCode = 500 } = error as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new FootfallError('request.too_large', { limit });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new FootfallError('request.media_type', { type: 'this kind' });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new FootfallError('request.address', {});
    default:
      // What it says of requests is meant for whoever sent them.
      return code.startsWith('FST_ERR_') && statusCode < 500
        ? new FootfallError('request.invalid', { reason: message ?? 'it does not fit' })
        : FootfallError.from(error);
  }
}

/** Largest body, as it is sent and as it unpacks, in bytes. */
export const BODY_LIMIT = 8_000_000;
