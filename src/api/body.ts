import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { bounded, unpacked } from './bounded-body.ts';
import { BODY_LIMIT } from './problem.ts';

const DECODERS = {
  gzip: createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
  zstd: createZstdDecompress,
} as const;

/** What browsers send beacons as is JSON all the same. */
const JSON_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson', 'text/plain'];

/** Largest body of questions and changes, and of whoever wants to come in, in bytes; events may be more at once. */
const JSON_LIMIT = 1_000_000;
const ENTRY_LIMIT = 16_000;
/** What is read of a body before it is known who sent it, and of how many at once. */
const STRANGER_LIMIT = 1_000_000;
const MOST_STRANGERS = 50;

/** Bodies come as they are, in bytes: the parser of events keeps every digit, and what was refused can be shown. */
export function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRoute', (route) => {
    if (route.config?.json === true) route.bodyLimit ??= route.config.access === 'public' ? ENTRY_LIMIT : JSON_LIMIT;
  });
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.json !== true) return;
    try {
      request.body = JSON.parse(new TextDecoder().decode(bytesOf(request.body)));
    } catch (cause) {
      throw cause instanceof FootfallError ? cause : new FootfallError('request.json', {}, { cause });
    }
  });
  let strangers = 0;
  app.addHook('preParsing', async (request, reply, payload) => {
    if (isStranger(request)) {
      if (announced(request) > STRANGER_LIMIT) throw new FootfallError('request.too_large', { limit: STRANGER_LIMIT });
      if (strangers >= MOST_STRANGERS) throw new FootfallError('access.rate', { policy: 'anonymous', seconds: 1 });
      strangers += 1;
      reply.raw.once('close', () => {
        strangers -= 1;
      });
      const bytes = decoded(request, payload);
      delete request.headers['content-length'];
      return bounded(bytes, STRANGER_LIMIT);
    }
    return decoded(request, payload);
  });
}

/** A request that has yet to show who sent it, in its body. */
const isStranger = ({ caller, routeOptions }: FastifyRequest): boolean =>
  routeOptions.config.keyAnywhere === true && caller === undefined;

/** Bytes of the body as it was said to come; NaN: nobody said it. */
const announced = ({ headers }: FastifyRequest): number => Number(headers['content-length'] ?? Number.NaN);

function decoded(request: FastifyRequest, payload: RequestPayload): RequestPayload {
  const coding = request.headers['content-encoding']?.toLowerCase();
  if (coding === undefined || coding === 'identity') return payload;
  const make = DECODERS[coding as keyof typeof DECODERS];
  if (make === undefined) throw new FootfallError('request.media_type', { type: `coding ${coding}` });
  const length = announced(request);
  // The length that was announced is that of the packed body.
  delete request.headers['content-length'];
  return unpacked(payload, make(), coding, length);
}

/** The bytes of a request's body. @throws FootfallError `request.media_type` without any */
export function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new FootfallError('request.media_type', { type: 'none' });
}
