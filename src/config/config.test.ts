import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { minutes } from '../core/time.ts';
import { type ConfigRequest, explain, loadConfig } from './config.ts';
import { envName, flagName, SETTING_KEYS } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (request: ConfigRequest = {}) => loadConfig({ env: {}, folder, ...request });
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const failure = async (request: ConfigRequest = {}): Promise<FootfallError> => {
  const error = await load(request).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FootfallError) return error;
  throw new Error('the configuration was accepted', { cause: error });
};

test('without any, the defaults of the semantics hold', async () => {
  const { values, origins } = await load();
  expect(values).toMatchObject({
    zone: 'UTC',
    currency: 'USD',
    lateness: minutes(10),
    gap: minutes(30),
    trigger: 200,
    late: 'restate',
    history: null,
  });
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
});

test('flags win over the environment, .env, the file and the defaults, in this order', async () => {
  write(
    'footfall.config.ts',
    `export default { zone: 'Asia/Tokyo', gap: '1h', late: 'drop', threads: 3, lateness: '1m' }`,
  );
  write('.env', 'FOOTFALL_ZONE=Asia/Dubai\nFOOTFALL_GAP=2h\nFOOTFALL_LATE=restate\n');
  const env = { FOOTFALL_ZONE: 'Europe/Paris', FOOTFALL_GAP: '3h' };
  const { values, origins } = await load({ env, flags: { zone: 'Europe/Athens', unrelated: true } });
  expect(values).toMatchObject({ zone: 'Europe/Athens', gap: minutes(180), late: 'restate', threads: 3 });
  expect(origins).toMatchObject({
    zone: '--zone',
    gap: 'FOOTFALL_GAP',
    late: '.env (FOOTFALL_LATE)',
    threads: 'footfall.config.ts (threads)',
    lateness: 'footfall.config.ts (lateness)',
    currency: 'default',
  });
});

test('lists and mappings come as text or as values', async () => {
  write(
    'footfall.config.ts',
    `export default { kafkaBrokers: ['a:1'], columns: { event_time: 'ts' }, views: [{ name: 'x' }] }`,
  );
  expect((await load()).values).toMatchObject({
    kafkaBrokers: ['a:1'],
    columns: { event_time: 'ts' },
    views: [{ name: 'x' }],
  });
  const env = { FOOTFALL_KAFKA_BROKERS: 'a:1, b:2', FOOTFALL_COLUMNS: 'event_time=ts, user_id=customer' };
  expect((await load({ env })).values).toMatchObject({
    kafkaBrokers: ['a:1', 'b:2'],
    columns: { event_time: 'ts', user_id: 'customer' },
  });
});

test('all that is wrong is told at once, each with its place and what it may be', async () => {
  write('footfall.config.ts', `export default { zone: 'Mars/Olympus', latenes: '1m', columns: { user_i: 'u' } }`);
  const error = await failure({ env: { FOOTFALL_GAP: '30 minuets', FOOTFALL_TREADS: '2' }, flags: { threads: '0' } });
  expect(error.code).toBe('config.invalid');
  expect(error.message.split('; ').sort()).toEqual(
    [
      '--threads: "0" is below 1',
      'FOOTFALL_GAP: "30 minuets" is no length of time: write a whole number with a unit us, ms, s, m, h or d, such as 10m',
      'footfall.config.ts (columns): {"user_i":"u"} has no event field "user_i" (did you mean "user_id"?)',
      'footfall.config.ts (zone): "Mars/Olympus" is no IANA time zone such as Europe/Athens',
      'there is no setting FOOTFALL_TREADS (did you mean "FOOTFALL_THREADS"?)',
      'footfall.config.ts: there is no setting latenes (did you mean "lateness"?)',
    ].sort(),
  );
});

test.each([
  ['zone', '+02:00'],
  ['currency', 'EURO'],
  ['late', 'keep'],
  ['engine', 'spark'],
  ['memoryLimit', '600'],
  ['batchEvents', '1.5'],
  ['trigger', '-1s'],
  ['history', 'forever'],
  ['gap', '0m'],
  ['data', ' '],
  ['columns', 'event_time'],
])('%s cannot be %j', async (key, value) => {
  const error = await failure({ flags: { [key]: value } });
  expect(error.code).toBe('config.invalid');
  expect(error.message).toContain(`${flagName(key as (typeof SETTING_KEYS)[number])}: ${JSON.stringify(value)}`);
});

test('variables of others that begin with FOOTFALL_ are left alone, and empty ones count as not set', async () => {
  const { origins } = await load({ env: { FOOTFALL_BENCH_DATA: '/tmp', FOOTFALL_ZONE: '', FOOTFALL_VIEWS: 'x' } });
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
});

test('a file that cannot be loaded is named with the reason', async () => {
  write('footfall.config.ts', 'export default {');
  const broken = await failure();
  expect([broken.code, broken.message]).toEqual(['config.file', expect.stringContaining('footfall.config.ts')]);
  write('empty.ts', 'export const zone = 1');
  expect((await failure({ file: 'empty.ts' })).message).toContain('its default export is not an object');
  expect((await failure({ file: 'missing.ts' })).message).toContain('there is no such file');
});

test('a named file is read instead of the one in the folder', async () => {
  write('footfall.config.ts', `export default { zone: 'Asia/Tokyo' }`);
  write('other.ts', `export default { currency: 'EUR' }`);
  const { values } = await load({ env: { FOOTFALL_CONFIG: 'other.ts' } });
  expect([values.zone, values.currency]).toEqual(['UTC', 'EUR']);
});

test('explain shows every setting as written, its origin and its variable', async () => {
  const rows = explain(await load({ flags: { lateness: '15m' } }));
  expect(rows.map(({ key }) => key)).toEqual(SETTING_KEYS);
  expect(rows.find(({ key }) => key === 'lateness')).toEqual({
    key: 'lateness',
    value: '15m',
    origin: '--lateness',
    env: 'FOOTFALL_LATENESS',
    description: 'how long after its time an event is still on time',
  });
  expect(rows.find(({ key }) => key === 'views')).toMatchObject({ value: '0 views', env: null });
});

test('every setting has a variable of its own', () => {
  expect(new Set(SETTING_KEYS.map(envName)).size).toBe(SETTING_KEYS.length);
  expect(envName('memoryLimit')).toBe('FOOTFALL_MEMORY_LIMIT');
});
