import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { formatInstant, type Millis } from '../core/time.ts';
import { isCatchingUp, restAfter } from '../engine/protocol/self-verify.ts';
import { Reader } from '../engine/read.ts';
import { type SelfVerified, selfVerify } from '../engine/self-verify.ts';
import type { OpenShop } from './open-shop.ts';

export interface SelfVerifyPace {
  /** Between two looks whether there is something to do. */
  readonly look: Millis;
  /** What was verified is left in peace for so long. */
  readonly again: Millis;
}

/** A shop of a few days is verified every ten minutes; how soon a long history is through depends on what it costs. */
const PACE: SelfVerifyPace = { look: 1_000, again: 600_000 };
/** After a failure, such as too little memory: it would most likely fail again. */
const AFTER_FAILURE: Millis = 600_000;

/** The running verification of a shop. */
export interface SelfVerification {
  /** What was found wrong since it was started. */
  readonly found: readonly SelfVerified[];
  /** Ends it, in the middle of what it does. */
  stop(): Promise<void>;
}

/**
 * Verifies the shop's history bit by bit beside whatever else is done, with a twentieth of the time, and not at all while
 * intake is catching up. A difference is told when it is first found.
 *
 * @param say told in words what is wrong
 */
export async function startSelfVerification(
  { shop, engine }: OpenShop,
  say: (line: string) => void,
  { look, again }: SelfVerifyPace = PACE,
): Promise<SelfVerification> {
  const session = await shop.database.connect();
  const reader = new Reader(shop, session);
  const found: SelfVerified[] = [];
  const ending = new AbortController();
  const { signal } = ending;
  const pause = (time: Millis): Promise<unknown> =>
    sleep(time, undefined, { signal, ref: false }).catch(() => undefined);

  const step = async (): Promise<Millis> => {
    const began = performance.now();
    const now = Date.now() * 1000;
    const verified = await selfVerify(shop, reader, now, now - again * 1000);
    if (verified === null) return 0;
    if (verified.news) {
      found.push(verified);
      say(differenceLine(verified));
    }
    return restAfter(performance.now() - began);
  };

  const run = async (): Promise<void> => {
    let [busy, at] = [engine.busy, performance.now()];
    for (;;) {
      await pause(look);
      if (signal.aborted) return;
      const catchingUp = isCatchingUp((engine.busy - busy) / 1000, performance.now() - at);
      [busy, at] = [engine.busy, performance.now()];
      if (catchingUp) continue;
      try {
        await pause(await step());
      } catch (error) {
        if (signal.aborted) return;
        say(`self-verify stopped for ten minutes: ${FootfallError.from(error).message}`);
        await pause(AFTER_FAILURE);
      }
      [busy, at] = [engine.busy, performance.now()];
    }
  };

  const running = run();
  return {
    found,
    stop: async () => {
      ending.abort();
      await shop.database.disconnect(session, 'interrupt');
      await running;
    },
  };
}

/** @example differenceLine(verified) // 'self-verify: 2 rows of brand_activity differ from ... (2020-01-01): footfall ...' */
export function differenceLine({ view, start, differences, sample }: SelfVerified): string {
  const day = start === null ? '' : ` on ${formatInstant(start).slice(0, 10)}`;
  if (view === 'raw')
    return `self-verify: the stored events${day} are not those that came in; footfall verify tells more`;
  const [row] = sample;
  const shown = row === undefined ? '' : `, for example ${JSON.stringify(row)}`;
  return `self-verify: ${differences} row${differences === 1 ? '' : 's'} of ${view}${day} differ from the events they come from${shown}; footfall verify ${view} tells more`;
}

/** What to say when the process ends. */
export const exitNotes = ({ found }: SelfVerification): readonly string[] =>
  found.length === 0
    ? []
    : [
        `self-verify found ${found.length} stretches that differ from their events: footfall verify --status lists them`,
      ];
