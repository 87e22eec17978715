import { readFileSync, statSync } from 'node:fs';
import { Reader } from 'mmdb-lib';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Millis } from '../../core/time.ts';

/** How often it is asked whether the file is another one. */
const LOOK_EVERY: Millis = 2_000;

/** What databases of countries say of a network: MaxMind's and DB-IP's form, and IPinfo's. */
type Network = Readonly<Record<string, unknown>> & {
  readonly country?: string | { readonly iso_code?: unknown };
  readonly country_code?: unknown;
};

/**
 * The country of an address, by a file in the MaxMind DB format that the shop has from whom it likes. The address is looked up
 * and forgotten. A file that changes is read again; one that cannot be read leaves the former in place, and is told.
 */
export class CountryDatabase {
  private readonly path: string;
  private readonly onError: (error: unknown) => void;
  private readonly timer: NodeJS.Timeout;
  private reader: Reader<object>;
  private seen: number;

  /** @throws FootfallError `country.database` when the file cannot be read */
  constructor(path: string, onError: (error: unknown) => void) {
    this.path = path;
    this.onError = onError;
    this.reader = read(path);
    this.seen = changedAt(path);
    this.timer = setInterval(() => this.look(), LOOK_EVERY).unref();
  }

  /** ISO 3166 code of two letters; null where nothing is known of the address. */
  countryOf(address: string): string | null {
    try {
      const found = this.reader.get(address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')) as Network | null;
      const country = found?.country;
      const code = typeof country === 'object' ? country.iso_code : (country ?? found?.country_code);
      return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null;
    } catch {
      return null;
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const changed = changedAt(this.path);
    if (changed === this.seen) return;
    this.seen = changed;
    try {
      this.reader = read(this.path);
    } catch (error) {
      this.onError(error);
    }
  }
}

/** A file that is gone, or cannot be looked at, has changed: reading it says why, once. */
function changedAt(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
  } catch {
    return -2;
  }
}

function read(path: string): Reader<object> {
  try {
    return new Reader<object>(readFileSync(path));
  } catch (cause) {
    throw new FootfallError('country.database', { path, reason: (cause as Error).message }, { cause });
  }
}
