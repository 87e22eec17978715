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
/** What is read of a body before it is known who sent it, of all of them at a time, and how long it may take. */
const STRANGER_LIMIT = 1_000_000;
const STRANGERS_LIMIT = 64_000_000;
const STRANGER_PATIENCE = 10_000;

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
  const strangers = { bytes: 0 };
  app.addHook('preParsing', async (request, reply, payload) => {
    if (!isStranger(request)) return decoded(request, payload);
    if (announced(request) > STRANGER_LIMIT) throw new FootfallError('request.too_large', { limit: STRANGER_LIMIT });
    let own = 0;
    const bytes = bounded(decoded(request, payload), (length) => {
      own += length;
      strangers.bytes += length;
      if (own > STRANGER_LIMIT) return new FootfallError('request.too_large', { limit: STRANGER_LIMIT });
      const many = strangers.bytes > STRANGERS_LIMIT;
      return many ? new FootfallError('access.rate', { policy: 'anonymous', seconds: 1 }) : null;
    });
    // Its length may be another one, unpacked.
    delete request.headers['content-length'];
    const patience = setTimeout(() => bytes.destroy(new FootfallError('request.slow', {})), STRANGER_PATIENCE);
    bytes.once('close', () => clearTimeout(patience));
    reply.raw.once('close', () => {
      bytes.destroy();
      strangers.bytes -= own;
    });
    return bytes;
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
