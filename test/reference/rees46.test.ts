import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { footfall, rowsOf, scratch } from '../cli/footfall-process.ts';

/**
 * A published sample of real events. It is not ours to hand on, so the suite takes it from beside the checkout; where
 * it is missing it says so; generated files with their manifest stand in (test/cli, test/engine).
 */
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const CSV = join(DATA, 'rees46_first1000.csv');
const present = existsSync(CSV);

interface Expected {
  readonly events: number;
  readonly sessions: number;
  readonly user_session_pairs: number;
  readonly funnel_15min_by_session_start: readonly {
    start: string;
    sessions: number;
    cart: number;
    purchase: number;
    avg_min: number;
  }[];
  readonly tumbling_5min: readonly { start: string; events: number; purchase: number; revenue: string }[];
  readonly hop_10_5_samsung: readonly { start: string; events: number; users: number }[];
}

const folder = scratch();

const at = (text: unknown): string => String(text).slice(0, 19).replace('T', ' ');

/** The sample's figures as the shop's tables give them, in the form of the expected file. */
async function figures(data: string) {
  const funnel = await rowsOf(['query', 'conversion_funnel', '--data', data]);
  const tumbling = await rowsOf([
    'query',
    '--sql',
    `SELECT window_start, sum(event_count)::BIGINT AS events,
       coalesce(sum(event_count) FILTER (event_type = 'purchase'), 0)::BIGINT AS purchase,
       coalesce(sum(total_revenue) FILTER (event_type = 'purchase'), 0)::DOUBLE AS revenue
     FROM event_aggregations GROUP BY window_start ORDER BY window_start`,
    '--data',
    data,
  ]);
  const samsung = await rowsOf([
    'query',
    '--sql',
    "SELECT * FROM brand_activity WHERE brand = 'samsung' ORDER BY window_start",
    '--data',
    data,
  ]);
  const [totals] = await rowsOf([
    'query',
    '--sql',
    'SELECT count(*) AS pairs, count(DISTINCT user_session) AS sessions, sum(total_events)::BIGINT AS events, bool_and(is_final) AS final FROM user_session_analytics',
    '--data',
    data,
  ]);
  return {
    totals,
    funnel: funnel.map((row) => ({
      start: at(row['window_start']),
      sessions: row['total_sessions'],
      cart: row['sessions_with_cart'],
      purchase: row['sessions_with_purchase'],
      avg_min: Math.round(Number(row['avg_session_duration']) * 10_000) / 10_000,
    })),
    tumbling: tumbling.map((row) => ({
      start: at(row['window_start']),
      events: row['events'],
      purchase: row['purchase'],
      revenue: row['revenue'],
    })),
    samsung: samsung.map((row) => ({
      start: at(row['window_start']),
      events: row['event_count'],
      users: row['unique_users'],
    })),
  };
}

function wanted() {
  const expected = JSON.parse(readFileSync(join(DATA, 'rees46_1000_expected.json'), 'utf8')) as Expected;
  return {
    totals: { pairs: expected.user_session_pairs, sessions: expected.sessions, events: expected.events, final: true },
    funnel: expected.funnel_15min_by_session_start.map(({ avg_min, ...rest }) => ({ ...rest, avg_min })),
    tumbling: expected.tumbling_5min.map(({ start, events, purchase, revenue }) => ({
      start,
      events,
      purchase,
      revenue: Number(revenue),
    })),
    samsung: expected.hop_10_5_samsung,
  };
}

const lines = (): string[] => readFileSync(CSV, 'utf8').trimEnd().split('\n');
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** A command that must succeed. */
async function succeed(args: readonly string[], input?: Uint8Array): Promise<void> {
  const { code, stderr } = await footfall(args, input === undefined ? {} : { input });
  expect(stderr && code !== 0 ? stderr : '').toBe('');
  expect(code).toBe(0);
}

/** Each way of reading the sample into a shop of its own. */
const PATHS: Readonly<Record<string, (data: string) => Promise<void>>> = {
  plain: async (data) => {
    await succeed(['replay', CSV, '--data', data, '--close']);
  },
  gzip: async (data) => {
    await succeed(['replay', file('sample.csv.gz', gzipSync(readFileSync(CSV))), '--data', data, '--close']);
  },
  zstd: async (data) => {
    await succeed(['replay', file('sample.csv.zst', zstdCompressSync(readFileSync(CSV))), '--data', data, '--close']);
  },
  parquet: async (data) => {
    const path = join(folder, 'sample.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (FROM read_csv('${CSV}', all_varchar = true)) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    await succeed(['replay', path, '--data', data, '--close']);
  },
  'CRLF and a byte order mark': async (data) => {
    await succeed(['replay', file('windows.csv', `\uFEFF${lines().join('\r\n')}\r\n`), '--data', data, '--close']);
  },
  'split in files': async (data) => {
    const [header, ...rows] = lines();
    const parts = [0, 1, 2].map((part) =>
      file(`part${part}.csv`, `${[header, ...rows.filter((_, i) => i % 3 === part)].join('\n')}\n`),
    );
    await succeed(['replay', ...parts, '--data', data, '--close']);
  },
  'files one after the other': async (data) => {
    const [header, ...rows] = lines();
    const first = file('first.csv', `${[header, ...rows.slice(0, 600)].join('\n')}\n`);
    const second = file('second.csv', `${[header, ...rows.slice(600)].join('\n')}\n`);
    await succeed(['replay', second, '--data', data]);
    await succeed(['replay', first, '--data', data, '--close']);
  },
  'standard input': async (data) => {
    await succeed(['replay', '-', '--data', data, '--close'], readFileSync(CSV));
  },
  shuffled: async (data) => {
    const [header, ...rows] = lines();
    const shuffled = rows.map((row, i) => [(i * 7919) % rows.length, row] as const).sort(([a], [b]) => a - b);
    const path = file('shuffled.csv', `${[header, ...shuffled.map(([, row]) => row)].join('\n')}\n`);
    await succeed(['replay', path, '--data', data, '--close', '--batch-events', '90']);
  },
  'killed and resumed': async (data) => {
    const args = ['replay', CSV, '--data', data, '--close', '--batch-events', '100'];
    for (const point of ['ingest.raw_written@3', 'ingest.committed@4', 'finalize.before_commit@1']) {
      await footfall(args, { env: { FOOTFALL_CRASH_AT: point } });
    }
    await succeed(args);
  },
};

describe.runIf(present)('a thousand real events', () => {
  for (const [name, read] of Object.entries(PATHS)) {
    test(name, { timeout: 120_000 }, async () => {
      const data = join(folder, name.replaceAll(' ', '-'));
      await read(data);
      expect(await figures(data)).toEqual(wanted());
      await succeed(['verify', '--data', data]);
    });
  }
});

test('the sample is there, or it is said that it is not', () => {
  if (!present) console.warn('did not run: the REES46 sample is not beside this checkout');
  expect(present || process.env['CI'] !== 'true').toBe(true);
});
