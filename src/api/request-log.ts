import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FootfallError } from '../core/errors/footfall-error.ts';
import type { Log } from '../telemetry/log.ts';

/** What was answered with an error, until its line is written. */
const failures = new WeakMap<FastifyRequest, FootfallError>();

/** Has the line of a request name the error that it was answered with. */
export const noteFailure = (request: FastifyRequest, error: FootfallError): void => void failures.set(request, error);

const OWN_ID = /^[\w.:-]{1,128}$/;
const TRACE_PARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** Where the framework says what it does not like. */
export const frameworkLog = (log: Log): FastifyBaseLogger => log.child({}, { level: 'warn' }) as FastifyBaseLogger;

/** The sender's name for a request where it is one, that of its trace, or one of our own. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const own = headers['x-request-id'];
  if (typeof own === 'string' && OWN_ID.test(own)) return own;
  const trace = TRACE_PARENT.exec(String(headers['traceparent'] ?? ''))?.[1];
  return trace ?? randomUUID();
}

/**
 * A line for each request: its route, never its address, which may hold what is nobody's business; who asked, never with
 * what. Those of others on this machine who only look whether it lives are told where details are asked for.
 * @param addresses whether the sender's address is told
 */
export function logRequests(app: FastifyInstance, log: Log, addresses: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.setHeader('x-request-id', request.id);
    // Not onResponse, which is not told of those whose sender has gone.
    reply.raw.once('close', () => write(request, reply));
  });

  function write(request: FastifyRequest, { statusCode, elapsedTime, raw }: FastifyReply): void {
    const { id, method, routeOptions, caller, ip } = request;
    const { url: route = 'none', config } = routeOptions;
    const failure = failures.get(request);
    const bytes = Number(raw.getHeader('content-length'));
    const line = {
      request_id: id,
      method,
      route,
      status: statusCode,
      ms: Math.round(elapsedTime * 1000) / 1000,
      ...(Number.isNaN(bytes) ? {} : { bytes }),
      ...(raw.writableFinished ? {} : { aborted: true }),
      ...(caller === undefined ? {} : { caller: `${caller.kind}:${caller.id}` }),
      ...(addresses ? { address: ip } : {}),
      ...(failure === undefined ? {} : { code: failure.code }),
    };
    if (failure !== undefined && failure.entry.whose !== 'user')
      log[failure.entry.retry ? 'warn' : 'error']({ ...line, error: failure }, 'request failed');
    else log[config.quiet === true ? 'debug' : 'info'](line, 'request');
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked again and again by those who watch: its lines are details. */
    readonly quiet?: true;
  }
}
