import { z } from 'zod';
import { LOG_LEVELS } from '../core/log-level.ts';
import { days } from '../core/time.ts';
import { micros, millis } from './duration.ts';
import { byteCount, bytes, columnMapping, currency, list, networks, text, wholeNumber, zone } from './value.ts';
import { yesOrNo } from './yes-or-no.ts';

/** One thing that can be configured. Its environment variable and flag follow from its key. */
export interface Setting {
  /** From what is written in a flag, a variable or the file to what the code works with. */
  readonly schema: z.ZodType;
  /** As it would be written; undefined = not set. */
  readonly initial: unknown;
  readonly description: string;
  /** True where only `footfall.config.ts` can give it. */
  readonly fileOnly?: true;
}

/** Everything that can be configured: the reference, `config --explain` and the checks are made from this table. */
export const SETTINGS = {
  data: {
    schema: text,
    initial: './footfall-data',
    description: 'data folder: database, facts, positions (checkpoint base)',
  },
  engine: {
    schema: z.literal(['duckdb'], { error: 'is not duckdb, the only engine of this version' }),
    initial: 'duckdb',
    description: 'engine that computes the views',
  },
  zone: {
    schema: zone,
    initial: 'UTC',
    description:
      "the shop's time zone: days, weeks and months begin in it; another one is put in force by footfall apply",
  },
  currency: {
    schema: currency,
    initial: 'USD',
    description:
      "the shop's currency: money of another one is converted at the rate of its day, or kept out of all sums",
  },
  lateness: { schema: micros, initial: '10m', description: 'how long after its time an event is still on time' },
  gap: {
    schema: micros.refine((length) => length > 0, 'is not above 0'),
    initial: '30m',
    description: 'inactivity that ends a session; another one is put in force by footfall apply',
  },
  trigger: {
    schema: millis,
    initial: '200ms',
    description: 'how often new events are committed and results refreshed',
  },
  late: {
    schema: z.literal(['restate', 'drop'], { error: 'is neither restate nor drop' }),
    initial: 'restate',
    description: 'late events: restate corrects final rows, drop sets the events aside',
  },
  history: {
    schema: z.union([z.literal('all').transform(() => null), micros]),
    initial: 'all',
    description:
      'age after which results are sealed, such as 90d: later events of then are counted and set aside; all = never',
  },
  lakeEvery: {
    schema: micros,
    initial: '1h',
    description: 'how often a server writes stored events to the lake: Parquet files in the data folder, by day',
  },
  journalKeep: {
    schema: micros.refine((length) => length >= days(1), 'is less than a day, for which answers are kept'),
    initial: '7d',
    description: 'how long the journal of a server keeps events that are in the lake',
  },
  importQuota: {
    schema: byteCount,
    initial: '20GB',
    description: 'bytes that files may take that were sent to a server to be imported, until they are in the lake',
  },
  memoryLimit: { schema: bytes, initial: '600MB', description: 'memory of the database; more goes to disk' },
  threads: {
    schema: wholeNumber.optional(),
    initial: undefined,
    description: 'threads of the database; not set = one a core',
  },
  batchEvents: { schema: wholeNumber, initial: 500_000, description: 'most events in one transaction' },
  products: { schema: text.optional(), initial: undefined, description: 'CSV of the product catalogue' },
  users: { schema: text.optional(), initial: undefined, description: 'CSV of the user dimension' },
  rates: {
    schema: text.optional(),
    initial: undefined,
    description: 'CSV of currency rates: date, currency, rate (what one unit is worth in the currency of the shop)',
  },
  stock: {
    schema: text.optional(),
    initial: undefined,
    description: 'CSV of stock counts: product_id, stock, counted_at',
  },
  columns: {
    schema: columnMapping,
    initial: {},
    description: 'event fields and the columns that hold them, such as event_time=ts,user_id=customer',
  },
  logLevel: {
    schema: z.literal([...LOG_LEVELS, 'silent'], { error: `is none of ${LOG_LEVELS.join(', ')}, silent` }),
    initial: 'info',
    description: 'log lines of a server from this level on: debug, info, warn, error, fatal; silent = none',
  },
  log: {
    schema: z.literal(['file', 'stderr'], { error: 'is neither file nor stderr' }),
    initial: 'file',
    description:
      'where a server writes its log: file = logs/ in the data folder, 50 MB at most; stderr = standard error',
  },
  logAddresses: {
    schema: yesOrNo,
    initial: 'no',
    description: 'whether the log names the addresses of those who send requests',
  },
  trustedCountryHeader: {
    schema: text.optional(),
    initial: undefined,
    description:
      'header in which the proxy before the server says the country of a browser, such as cf-ipcountry; it has to remove the same header of others',
  },
  countryDatabase: {
    schema: text.optional(),
    initial: undefined,
    description:
      'file in the MaxMind DB format (.mmdb) that says the country of an address, for browsers whose country no header says; read again when it changes',
  },
  trustedProxies: {
    schema: networks,
    initial: [],
    description:
      'addresses or networks of proxies before the server, such as 10.0.0.0/8: what they say about whom they speak for is believed',
  },
  tlsCert: {
    schema: text.optional(),
    initial: undefined,
    description: 'file with the certificate chain in PEM form: the server speaks TLS; read again when it changes',
  },
  tlsKey: { schema: text.optional(), initial: undefined, description: 'file with the key of the certificate, as PEM' },
  limitIngest: {
    schema: byteCount,
    initial: '250MB',
    description: 'bytes of events that each key may send in a second, unpacked; ten times that at once',
  },
  limitRead: {
    schema: wholeNumber,
    initial: 500,
    description: 'other requests that each key or person may send in a second; ten times that at once',
  },
  limitQuery: {
    schema: wholeNumber,
    initial: 300,
    description: 'SQL queries and exports that each key or person may ask for in a minute',
  },
  limitAnonymous: {
    schema: wholeNumber,
    initial: 200,
    description: 'requests without a valid key that an address may send in a second; ten times that at once',
  },
  csvPath: { schema: text.optional(), initial: undefined, description: 'file that is replayed where none is named' },
  chunkSize: { schema: wholeNumber, initial: 1000, description: 'events a chunk of a paced replay' },
  sleep: { schema: millis, initial: '0ms', description: 'pause after each chunk of a paced replay' },
  kafkaBrokers: { schema: list, initial: [], description: 'Kafka brokers as host:port, with commas between them' },
  kafkaTopic: { schema: text, initial: 'customer_events', description: 'Kafka topic of the events' },
  storeUri: {
    schema: text.optional(),
    initial: undefined,
    description: 'where results are copied to, such as mongodb://host/shop',
  },
  catalog: {
    schema: list,
    initial: ['all'],
    description: 'views of the catalogue to keep, or whole kits, with commas; all = every one',
  },
  views: {
    schema: z.array(z.unknown(), 'is not a list of views'),
    initial: [],
    description: "the shop's own views",
    fileOnly: true,
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingKey = keyof typeof SETTINGS;

/** The configuration that the code works with: lengths of event time in microseconds, of waiting in milliseconds. */
export type Config = { readonly [K in SettingKey]: Readonly<z.output<(typeof SETTINGS)[K]['schema']>> };

/** What `footfall.config.ts` may export by default; lengths of time as text. */
export type ConfigFile = { readonly [K in SettingKey]?: z.input<(typeof SETTINGS)[K]['schema']> | undefined };

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** @example envName('memoryLimit') // 'FOOTFALL_MEMORY_LIMIT' */
export const envName = (key: SettingKey): string => `FOOTFALL_${words(key, '_').toUpperCase()}`;

/** @example flagName('memoryLimit') // '--memory-limit' */
export const flagName = (key: SettingKey): string => `--${words(key, '-')}`;

const words = (key: string, between: string): string =>
  key.replace(/[A-Z]/g, (capital) => between + capital.toLowerCase());
