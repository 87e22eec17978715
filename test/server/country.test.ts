import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../cli/footfall-process.ts';
import { mmdbFile } from './country/mmdb-file.ts';
import { serving } from './serving.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-country-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'country.mmdb');
writeFileSync(file, mmdbFile({ '81.2.69.0/24': 'GB', '127.0.0.0/8': 'DE' }));

const shop = serving(['ingest', 'read'], ['--country-database', file, '--trusted-proxies', '127.0.0.1']);

test('a browser is in the country of its address, as a trusted proxy says it; a server is in none', async () => {
  let sent = 0;
  const send = async (headers: Readonly<Record<string, string>>, country?: string): Promise<void> => {
    sent += 1;
    const event = {
      event_id: `e${sent}`,
      event_time: `2026-03-01T12:00:0${sent}Z`,
      event_type: 'view',
      user_id: `u${sent}`,
      session_id: `s${sent}`,
    };
    await shop.send([country === undefined ? event : { ...event, country }], headers);
  };
  const browser = { origin: 'https://shop.example' };
  await send({ ...browser, 'x-forwarded-for': '81.2.69.7' });
  await send(browser);
  await send({ ...browser, 'x-forwarded-for': '10.1.1.1' });
  await send({ 'x-forwarded-for': '81.2.69.7' });
  await send({ ...browser, 'x-forwarded-for': '81.2.69.7' }, 'FR');
  const rows = () => shop.rows('journeys');
  await until(async () => (await rows()).length === 5);
  const countries = new Map((await rows()).map((row) => [row['visitor'], row['first_country']]));
  expect(['u1', 'u2', 'u3', 'u4', 'u5'].map((id) => countries.get(id))).toEqual(['GB', 'DE', null, null, 'FR']);
});
