import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { FootfallError } from '../core/errors/footfall-error.ts';

/** A body that came packed may unpack to this much, whatever its packing. */
const FREE = 1_000_000;
/** Above that, to so many times of what was sent: events that differ pack to a fifth to a seventh. */
const MOST_TIMES = 10;

/** A decoder of Node, which knows how much it has read. */
export interface Decoder extends Transform {
  readonly bytesWritten: number;
}

/**
 * Unpacks a body while it comes. What does not unpack, or to too much, fails with a coded error.
 * @param announced bytes that were said to come, packed; NaN: nobody said it
 */
export function unpacked(packed: Readable, decoder: Decoder, coding: string, announced: number): Readable {
  const sent = (): number => Math.max(decoder.bytesWritten, announced || 0);
  const bytes = counting((total) =>
    total > FREE && total > MOST_TIMES * sent() ? new FootfallError('request.unpacks', { times: MOST_TIMES }) : null,
  );
  decoder.on('error', (cause) => bytes.destroy(new FootfallError('request.packed', { coding }, { cause })));
  packed.on('error', (error) => bytes.destroy(error));
  bytes.on('close', () => decoder.destroy());
  return packed.pipe(decoder).pipe(bytes);
}

/** A body of at most so many bytes, whatever was announced. */
export function bounded(body: Readable, limit: number): Readable {
  const bytes = counting((total) => (total > limit ? new FootfallError('request.too_large', { limit }) : null));
  body.on('error', (error) => bytes.destroy(error));
  return body.pipe(bytes);
}

function counting(check: (total: number) => FootfallError | null): Transform {
  let total = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
      total += chunk.length;
      const wrong = check(total);
      if (wrong === null) done(null, chunk);
      else done(wrong);
    },
  });
  // Nobody reads the body of a request that is refused before: an error that nobody hears ends the process.
  stream.on('error', () => undefined);
  return stream;
}
