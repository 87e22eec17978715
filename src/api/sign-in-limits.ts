import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { TokenBuckets } from './token-buckets.ts';

/** A hash takes 32 MB and a core: more at once would slow the shop. */
const MOST_AT_ONCE = 4;

/**
 * How often a password may be tried in vain. Somebody at one address may guess a name five times and then three times a
 * minute. From many addresses a name can be tried no oftener than every few seconds; its owner waits as long at most.
 */
export class SignInLimits {
  private readonly clock: () => Millis;
  private readonly both = new TokenBuckets({ perSecond: 1 / 20, burst: 5 });
  private readonly address = new TokenBuckets({ perSecond: 1 / 5, burst: 20 });
  private readonly name = new TokenBuckets({ perSecond: 1 / 3, burst: 50 });
  private underWay = 0;

  constructor(clock: () => Millis = () => performance.now()) {
    this.clock = clock;
  }

  /**
   * Tries a password or a link, if one may be tried now; what succeeds does not count.
   * @param name as it was typed, whether there is anybody of that name or not; null: whose it is follows from a link
   * @returns undefined where it is wrong
   * @throws FootfallError `access.rate`
   */
  async attempt<T>(address: string, name: string | null, tried: () => Promise<T | undefined>): Promise<T | undefined> {
    const who = name?.trim().toLowerCase();
    const counted: (readonly [TokenBuckets, string])[] = [[this.address, address]];
    if (who !== undefined) counted.push([this.both, `${address} ${who}`], [this.name, who]);
    const levels = counted.map(([buckets, owner]) => ({ ...buckets.take(owner, 1, this.clock()), buckets, owner }));
    const wait = Math.max(...levels.map(({ allowed, openIn }) => (allowed ? 0 : Math.max(1, openIn))));
    if (wait > 0 || this.underWay >= MOST_AT_ONCE) {
      // What was not tried does not count where it could have been.
      for (const { allowed, buckets, owner } of levels) if (allowed) buckets.take(owner, -1, this.clock());
      throw new FootfallError('access.rate', { policy: 'sign-in', seconds: Math.max(1, wait) });
    }
    this.underWay += 1;
    try {
      const found = await tried();
      if (found !== undefined) for (const [buckets, owner] of counted) buckets.take(owner, -1, this.clock());
      return found;
    } finally {
      this.underWay -= 1;
    }
  }
}
