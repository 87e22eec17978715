import { exitNotes, startSelfVerification } from '../self-verification.ts';
import type { Serving } from './serving.ts';

/** Verification of the history beside all else. */
export async function verifyItself({ open, ending, say }: Serving): Promise<void> {
  const verification = await startSelfVerification(open, say);
  ending.defer(async () => {
    await verification.stop();
    for (const line of exitNotes(verification)) say(line);
  });
}
