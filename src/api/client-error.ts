import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { problemOf } from './problem.ts';

/** Answers to what comes over a connection and is no request, or is not there in time; then ends the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  // Whatever is not read by then is no concern of the next one who writes here.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const known = knownAs(error.code);
  const body = JSON.stringify(problemOf(known, randomUUID()));
  const { http } = known.entry;
  socket.end(
    [
      `HTTP/1.1 ${http} ${STATUS_CODES[http]}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}

function knownAs(code: string | undefined): FootfallError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new FootfallError('request.slow', {});
    case 'HPE_HEADER_OVERFLOW':
      return new FootfallError('request.headers', {});
    default:
      return new FootfallError('request.http', {});
  }
}
