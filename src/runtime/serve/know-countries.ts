import { FootfallError } from '../../core/errors/footfall-error.ts';
import { CountryDatabase } from '../country/country-database.ts';
import type { Serving } from './serving.ts';

/** Countries of addresses, where the shop has a database of them. @throws FootfallError `country.database` */
export function knowCountries({ config, ending, say }: Serving): (address: string) => string | null {
  if (config.countryDatabase === undefined) return () => null;
  const database = new CountryDatabase(config.countryDatabase, (error) => say(FootfallError.from(error).render()));
  ending.defer(async () => database.close());
  return (address) => database.countryOf(address);
}
