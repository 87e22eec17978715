import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { days, type Millis } from '../../core/time.ts';
import { bytesASecond, scrubNext } from '../storage/scrub.ts';
import { lossLines } from '../storage/stored-file.ts';
import type { Serving } from './serving.ts';

/** Of a disk that gives 500 MB a second, a hundredth. */
const RATE = 5_000_000;
/** A file is read again after this. */
const AGAIN = days(7);
/** Between two files, and after the last. */
const PAUSE: Millis = 1_000;
const REST: Millis = 60_000;

/** Reads journal and lake again and again, slowly, so that what a disk loses is known before it is needed. */
export async function scrubStorage({ open, ending, now, say }: Serving): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const pace = bytesASecond(RATE, signal);
  const step = async (): Promise<Millis> => {
    const read = await scrubNext(open.folder.path, now(), AGAIN, pace);
    if (read === null) return REST;
    if (read.news) for (const line of lossLines(read.file)) say(line);
    return PAUSE;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const rest = await step().catch((error: unknown) => {
        // A file that is let go of while it is read is none that is damaged.
        const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!signal.aborted && !gone)
          say(`journal and lake are not read again for now: ${FootfallError.from(error).message}`);
        return REST;
      });
      await sleep(rest, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  ending.defer(async () => {
    over.abort();
    await running;
  });
}
