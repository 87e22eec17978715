import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Millis } from '../core/time.ts';

/**
 * Waits until a stream takes more, or is closed.
 * @returns false when neither came within `patience`
 */
export async function drained(stream: Writable, patience?: Millis): Promise<boolean> {
  // What did not happen must not go on listening: a long answer waits thousands of times.
  const over = new AbortController();
  const { signal } = over;
  const timer = patience === undefined ? undefined : setTimeout(() => over.abort(), patience);
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
