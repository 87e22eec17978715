import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Waits until a stream takes more, or is closed. */
export async function drained(stream: Writable): Promise<void> {
  // What did not happen must not go on listening: a long answer waits thousands of times.
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } finally {
    over.abort();
  }
}
