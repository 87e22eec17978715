import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { TokenBuckets } from './token-buckets.ts';

/** A hash takes 32 MB and a core: more at once would slow the shop. */
const MOST_AT_ONCE = 4;

/**
 * How often a password may be tried. Somebody at one address may guess a name five times and then three times a minute.
 * From many addresses a name can be tried no oftener than every few seconds, but its owner is never locked out for
 * longer than that.
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
   * Tries a password, if it may be tried now.
   * @param name as it was typed; whether there is anybody of that name makes no difference
   * @throws FootfallError `access.rate`
   */
  async attempt<T>(address: string, name: string, tried: () => Promise<T>): Promise<T> {
    const who = name.trim().toLowerCase();
    const levels = [
      this.both.take(`${address} ${who}`, 1, this.clock()),
      this.address.take(address, 1, this.clock()),
      this.name.take(who, 1, this.clock()),
    ];
    const wait = Math.max(...levels.map(({ allowed, openIn }) => (allowed ? 0 : Math.max(1, openIn))));
    if (wait > 0) throw new FootfallError('access.rate', { policy: 'sign-in', seconds: wait });
    if (this.underWay >= MOST_AT_ONCE) throw new FootfallError('access.rate', { policy: 'sign-in', seconds: 1 });
    this.underWay += 1;
    try {
      return await tried();
    } finally {
      this.underWay -= 1;
    }
  }
}
