import type { EpochMicros } from '../core/time.ts';
import { type RateVersion, rateAt } from './protocol/conversion.ts';

/** Rates by currency, as intake uses them: a cache of the loaded facts. */
export class Rates {
  private versions: ReadonlyMap<number, readonly RateVersion[]> = new Map();

  /** Replaces all that is known, by symbol of the currency; versions in order of `from`. */
  replace(versions: ReadonlyMap<number, readonly RateVersion[]>): void {
    this.versions = versions;
  }

  get empty(): boolean {
    return this.versions.size === 0;
  }

  /** Null where no rate of the currency is dated on or before the event's day (semantics, "Events"). */
  at(currency: number, at: EpochMicros): bigint | null {
    const versions = this.versions.get(currency);
    return versions === undefined ? null : rateAt(versions, at);
  }
}
