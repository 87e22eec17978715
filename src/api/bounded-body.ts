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
  let total = 0;
  const bytes = checking((length) => {
    total += length;
    const much = total > FREE && total > MOST_TIMES * sent();
    return much ? new FootfallError('request.unpacks', { times: MOST_TIMES }) : null;
  });
  decoder.on('error', (cause) => bytes.destroy(new FootfallError('request.packed', { coding }, { cause })));
  packed.on('error', (error) => bytes.destroy(error));
  bytes.on('close', () => decoder.destroy());
  return packed.pipe(decoder).pipe(bytes);
}

/** A body that fails with what `check` says of the length of a piece. */
export function bounded(body: Readable, check: (length: number) => FootfallError | null): Readable {
  const bytes = checking(check);
  body.on('error', (error) => bytes.destroy(error));
  return body.pipe(bytes);
}

function checking(check: (length: number) => FootfallError | null): Transform {
  const stream = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
      const wrong = check(chunk.length);
      if (wrong === null) done(null, chunk);
      else done(wrong);
    },
  });
  // Nobody reads the body of a request that is refused before: an error that nobody hears ends the process.
  stream.on('error', () => undefined);
  return stream;
}
