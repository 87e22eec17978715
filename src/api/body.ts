import { PassThrough, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { BODY_LIMIT } from './problem.ts';

const DECODERS = {
  gzip: createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
  zstd: createZstdDecompress,
} as const;

/** What browsers send beacons as is JSON all the same. */
const JSON_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson', 'text/plain'];

/** Bodies come as they are, in bytes: the parser of events keeps every digit, and what was refused can be shown. */
export function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.json !== true) return;
    try {
      request.body = JSON.parse(new TextDecoder().decode(bytesOf(request.body)));
    } catch (cause) {
      throw cause instanceof FootfallError ? cause : new FootfallError('request.json', {}, { cause });
    }
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    const coding = request.headers['content-encoding']?.toLowerCase();
    if (coding === undefined || coding === 'identity') return payload;
    const make = DECODERS[coding as keyof typeof DECODERS];
    if (make === undefined) throw new FootfallError('request.media_type', { type: `coding ${coding}` });
    // The length that was announced is that of the packed body.
    delete request.headers['content-length'];
    return unpacked(payload, make(), coding);
  });
}

/** What does not unpack fails with a coded error. */
function unpacked(packed: Readable, decoder: Transform, coding: string): Readable {
  const bytes = new PassThrough();
  // Nobody reads the body of a request that is refused before: an error that nobody hears ends the process.
  bytes.on('error', () => undefined);
  decoder.on('error', (cause) => bytes.destroy(new FootfallError('request.packed', { coding }, { cause })));
  packed.on('error', (error) => bytes.destroy(error));
  bytes.on('close', () => decoder.destroy());
  return packed.pipe(decoder).pipe(bytes);
}

/** The bytes of a request's body. @throws FootfallError `request.media_type` without any */
export function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new FootfallError('request.media_type', { type: 'none' });
}
