import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { mmdbFile } from '../../../test/server/country/mmdb-file.ts';
import { CountryDatabase } from './country-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-country-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'country.mmdb');

test('addresses have the country of their network, and of the file as it is now', async () => {
  writeFileSync(path, mmdbFile({ '81.2.69.0/24': 'GB', '2.125.0.0/16': 'FR', '9.9.9.9/32': 'CH' }));
  const errors: unknown[] = [];
  const countries = new CountryDatabase(path, (error) => void errors.push(error));
  expect(['81.2.69.160', '2.125.160.216', '9.9.9.9', '9.9.9.8'].map((each) => countries.countryOf(each))).toEqual([
    'GB',
    'FR',
    'CH',
    null,
  ]);
  expect(countries.countryOf('::ffff:81.2.69.160')).toBe('GB');
  for (const none of ['', 'localhost', '::1%lo', '300.1.1.1']) expect(countries.countryOf(none)).toBeNull();
  writeFileSync(path, mmdbFile({ '81.2.69.0/24': 'IE' }));
  utimesSync(path, 1, 1);
  await vi.waitFor(() => expect(countries.countryOf('81.2.69.160')).toBe('IE'), { timeout: 10_000 });
  writeFileSync(path, 'broken');
  utimesSync(path, 2, 2);
  await vi.waitFor(() => expect(errors).toMatchObject([{ code: 'country.database' }]), { timeout: 10_000 });
  expect(countries.countryOf('81.2.69.160')).toBe('IE');
  // Not even looked at: told once, and the former file holds.
  rmSync(path);
  symlinkSync(path, path);
  await vi.waitFor(() => expect(errors).toHaveLength(2), { timeout: 10_000 });
  expect(errors[1]).toMatchObject({ code: 'country.database' });
  expect(countries.countryOf('81.2.69.160')).toBe('IE');
  rmSync(path);
  writeFileSync(path, 'broken');
  countries.close();
  expect(() => new CountryDatabase(path, () => undefined)).toThrow(/country/);
}, 30_000);
