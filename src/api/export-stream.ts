import { PassThrough, pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { drained } from '../runtime/drained.ts';
import type { ExportBegun, ExportFormat, ExportSink } from '../runtime/export/export-rows.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};
/** How long whoever asked may read nothing: an answer that waits keeps what its transaction sees on disk. */
const IDLE: Millis = 60_000;

/**
 * Sends a file as it is made, as fast as it is read. What fails before the first byte has its status; after that the
 * connection is cut, so that half a file never looks whole.
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, format }: { readonly name: string; readonly format: ExportFormat },
  make: (sink: ExportSink) => Promise<unknown>,
): Promise<FastifyReply> {
  const bytes = new PassThrough();
  const begun = Promise.withResolvers<ExportBegun>();
  make({
    begin: begun.resolve,
    write: async (part) => {
      if (bytes.destroyed) throw new Error('nobody reads any more');
      if (bytes.write(part)) return;
      if (!(await drained(bytes, IDLE))) throw new FootfallError('store.stalled', { seconds: IDLE / 1000 });
    },
  }).then(
    () => bytes.end(),
    (error: unknown) => {
      begun.reject(error);
      bytes.destroy(error as Error);
    },
  );
  // What it fails with is told below, or by the end of the connection.
  bytes.on('error', () => undefined);
  const { cursor } = await begun.promise;
  reply
    .type(TYPES[format])
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .header('cache-control', 'private, no-store')
    .header('vary', 'accept-encoding');
  if (cursor !== null) reply.header('footfall-cursor', cursor);
  return reply.send(packed(request, reply, bytes, format));
}

function packed({ headers }: FastifyRequest, reply: FastifyReply, bytes: PassThrough, format: ExportFormat): Readable {
  // Parquet is packed by itself.
  if (format === 'parquet' || !takesGzip(headers['accept-encoding'])) return bytes;
  reply.header('content-encoding', 'gzip');
  return pipeline(bytes, createGzip({ level: 3 }), () => undefined);
}

/** @example takesGzip('br, gzip;q=0.5') // true */
const takesGzip = (accepted: string | string[] = ''): boolean =>
  String(accepted)
    .split(',')
    .some((each) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each));
