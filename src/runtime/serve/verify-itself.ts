import { formatInstant } from '../../core/time.ts';
import { exitNotes, startSelfVerification } from '../self-verification.ts';
import type { Serving } from './serving.ts';

/** Verification of the history beside all else. What differs is told with a row, which is the operator's alone. */
export async function verifyItself({ open, ending, say, tell, log }: Serving): Promise<void> {
  let known = 0;
  const verification = await startSelfVerification(open, (line) => {
    tell(line);
    const news = verification.found.slice(known);
    known = verification.found.length;
    for (const { view, start, differences } of news)
      log.error({ view, day: start === null ? null : formatInstant(start).slice(0, 10), differences }, 'differs');
    if (news.length === 0) log.warn(line);
  });
  ending.defer(async () => {
    await verification.stop();
    for (const line of exitNotes(verification)) say(line);
  });
}
