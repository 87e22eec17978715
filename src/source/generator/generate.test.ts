import { expect, test } from 'vitest';
import { generate } from './generate.ts';
import { MemorySink } from './memory-sink.ts';
import { type GenerateOptions, SHAPES } from './options.ts';

const EVERYTHING = { outOfOrder: 0.03, late: 0.01, duplicates: 0.01, broken: 0.01, bots: 0.05, anomalies: 0.05 };

async function made(options: GenerateOptions): Promise<MemorySink> {
  const sink = new MemorySink();
  await generate(options, sink);
  return sink;
}

for (const shape of SHAPES) {
  test(`${shape}: the same seed gives the same bytes, another seed others`, async () => {
    const options = { shape, events: 4000, days: 2, ...EVERYTHING };
    const first = await made(options);
    const again = await made(options);
    const other = await made({ ...options, seed: 2 });
    expect(first.finished).toEqual(again.finished);
    for (const file of first.finished) expect(first.bytes(file).equals(again.bytes(file))).toBe(true);
    const events = first.finished[0] ?? '';
    expect(first.bytes(events).equals(other.bytes(events))).toBe(false);
  });
}

test('the manifest is the last file, and rows are as many as were asked for', async () => {
  const sink = new MemorySink();
  const manifest = await generate({ shape: 'globalmart', events: 3000, prefix: 'demo-' }, sink);
  expect(sink.finished).toEqual([
    'demo-transactions.ndjson',
    'demo-product_views.ndjson',
    'demo-cart_events.ndjson',
    'demo-products.csv',
    'demo-users.csv',
    'demo-stock.csv',
    'demo-rates.csv',
    'demo-manifest.json',
  ]);
  expect(manifest.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(3000);
  for (const { file, rows } of manifest.files) expect(sink.lines(file).length).toBe(rows);
  expect(JSON.parse(sink.bytes('demo-manifest.json').toString())).toEqual(manifest);
});

test('rees46 rows have the exact header and formats', async () => {
  const sink = await made({ shape: 'rees46', events: 5000 });
  const [header, ...rows] = sink.lines('events.csv');
  expect(header).toBe('event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session');
  const form =
    /^2019-\d\d-\d\d \d\d:\d\d:\d\d UTC,(view|cart|purchase),\d{7,8},\d{19},[a-z_.]*,[a-z0-9]*,\d+\.\d\d,\d{9},[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(rows.filter((row) => !form.test(row))).toEqual([]);
  expect(rows[0]?.startsWith('2019-10-01 00:00:0')).toBe(true);
});

test('dimension files describe all that the events name', async () => {
  const sink = await made({ shape: 'rees46', events: 5000, bots: 0.02 });
  const keys = (file: string) =>
    new Set(
      sink
        .lines(file)
        .slice(1)
        .map((line) => line.slice(0, line.indexOf(','))),
    );
  const products = keys('products.csv');
  const users = keys('users.csv');
  expect(keys('stock.csv')).toEqual(products);
  for (const row of sink.lines('events.csv').slice(1)) {
    const cells = row.split(',');
    expect(products.has(cells[2] ?? '')).toBe(true);
    expect(users.has(cells[7] ?? '')).toBe(true);
  }
  expect(sink.lines('products.csv')[0]).toBe(
    'product_id,product_name,category_id,category_code,category_name,brand,price',
  );
  expect(sink.lines('users.csv')[0]).toBe('user_id,name,country,region,city,signup_date,segment');
  expect(sink.lines('stock.csv')[1]).toMatch(/^\d+,\d+,2019-10-01T00:00:00\.000Z$/);
  expect(sink.lines('rates.csv')[1]).toBe('2019-10-01,USD,1.000000');
  for (const file of ['products.csv', 'users.csv', 'rates.csv']) {
    const width = sink.lines(file)[0]?.split(',').length;
    expect(sink.lines(file).every((line) => line.split(',').length === width)).toBe(true);
  }
  expect(products.size).toBe(sink.lines('products.csv').length - 1);
  expect(users.size).toBe(sink.lines('users.csv').length - 1);
});

test('no events still give whole files', async () => {
  const sink = new MemorySink();
  const manifest = await generate({ shape: 'canonical', events: 0 }, sink);
  expect(manifest.totals).toMatchObject({ events: 0, revenue: '0.00', sessions: 0, first_event_time: null });
  expect(sink.lines('events.ndjson')).toEqual([]);
});

test('progress is told, and a signal stops the work', async () => {
  const told: number[] = [];
  await generate({ shape: 'rees46', events: 30_000 }, new MemorySink(), { onProgress: ({ rows }) => told.push(rows) });
  expect(told.length).toBeGreaterThan(2);
  expect(told.at(-1)).toBe(30_000);
  const sink = new MemorySink();
  const stopped = generate({ shape: 'rees46', events: 30_000 }, sink, {
    signal: AbortSignal.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
  expect(sink.finished).toEqual([]);
});

test('a sink that fails fails the run', async () => {
  const full = { write: () => Promise.reject(new Error('no space')), finish: () => Promise.resolve() };
  await expect(generate({ shape: 'rees46', events: 50_000 }, full)).rejects.toThrow('no space');
});

test.each([
  [{ events: -1 }, 'events'],
  [{ events: 1.5 }, 'events'],
  [{ events: 10, late: 0.6 }, 'late'],
  [{ events: 10, late: 0.02, outOfOrder: 0.01 }, 'outOfOrder'],
  [{ events: 10, days: 1, rate: 5 }, 'rate'],
  [{ events: 10, days: 0 }, 'days'],
  [{ events: 10, start: 'yesterday' }, 'start'],
  [{ events: 10, seed: -3 }, 'seed'],
  [{ events: 10, users: 0 }, 'users'],
])('%o is refused', async (options, name) => {
  await expect(generate({ shape: 'rees46', ...options }, new MemorySink())).rejects.toMatchObject({
    code: 'generate.option',
    message: expect.stringContaining(name),
  });
});

test.each(SHAPES.filter((shape) => shape !== 'rees46'))(
  '%s: a copy is byte for byte what it is a copy of',
  async (shape) => {
    const sink = await made({ shape, events: 20_000, duplicates: 0.2, late: 0.05, bots: 0.05 });
    const first = new Map<string, string>();
    let copies = 0;
    for (const line of sink.finished.filter((file) => file.endsWith('.ndjson')).flatMap((file) => sink.lines(file))) {
      const { event_id, transaction_id } = JSON.parse(line) as { event_id?: string; transaction_id?: string };
      const id = event_id ?? transaction_id ?? '';
      const before = first.get(id);
      if (before === undefined) first.set(id, line);
      else {
        copies += 1;
        expect(line).toBe(before);
      }
    }
    expect(copies).toBeGreaterThan(1000);
  },
);
