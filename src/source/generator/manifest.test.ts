import { expect, test } from 'vitest';
import { generate } from './generate.ts';
import type { Manifest } from './manifest.ts';
import { MemorySink } from './memory-sink.ts';
import { type GenerateOptions, SHAPES, type Shape } from './options.ts';

/** What a row says, read by nothing but `split` and `JSON.parse`. */
interface Seen {
  readonly file: string;
  readonly row: number;
  readonly id: string | null;
  readonly type: string;
  readonly time: number;
  readonly cents: number;
  readonly order: string | null;
  readonly product: string | null;
  readonly user: string | null;
  readonly visitor: string | null;
  readonly session: string | null;
}

const WORDS: Readonly<Record<string, string>> = {
  cart: 'cart_add',
  click: 'list_click',
  add_to_cart: 'cart_add',
  remove_from_cart: 'cart_remove',
  product_view: 'view',
};
const word = (type: string): string => WORDS[type] ?? type;
const cents = (text: string): number => Math.round(Number(text) * 100);

function read(shape: Shape, file: string, row: number, line: string): Seen {
  if (shape === 'rees46') {
    const [time = '', type = '', product = '', , , , price = '', user = '', session = ''] = line.split(',');
    const at = Date.parse(time.replace(' UTC', 'Z').replace(' ', 'T'));
    return {
      file,
      row,
      id: null,
      type: word(type),
      time: at,
      cents: cents(price),
      order: null,
      product,
      user,
      visitor: user,
      session,
    };
  }
  const value: Record<string, string | undefined> = JSON.parse(line);
  const user = value.user_id ?? null;
  return {
    file,
    row,
    id: value.event_id ?? value.transaction_id ?? null,
    type: word(value.event_type ?? value.action ?? 'purchase'),
    time: Date.parse(value.event_time ?? value.timestamp ?? ''),
    cents: cents(value.amount ?? '0'),
    order: value.order_id ?? value.transaction_id ?? null,
    product: value.product_id ?? null,
    user,
    visitor: user ?? value.anonymous_id ?? null,
    session: value.session_id ?? null,
  };
}

async function generated(options: GenerateOptions): Promise<{ manifest: Manifest; rows: Seen[]; broken: number }> {
  const sink = new MemorySink();
  const manifest = await generate(options, sink);
  const bad = new Set(manifest.planted.broken.first.map(({ file, row }) => `${file}:${row}`));
  const rows: Seen[] = [];
  for (const { file } of manifest.files) {
    const lines = sink.lines(file).slice(options.shape === 'rees46' ? 1 : 0);
    lines.forEach((line, index) => {
      if (!bad.has(`${file}:${index + 1}`)) rows.push(read(options.shape, file, index + 1, line));
    });
  }
  return { manifest, rows, broken: bad.size };
}

const distinct = (values: readonly (string | null)[]): number => new Set(values.filter((value) => value !== null)).size;

for (const shape of SHAPES) {
  test(`${shape}: the manifest says what an independent count of the files says`, async () => {
    const { manifest, rows, broken } = await generated({
      shape,
      events: 30_000,
      days: 3,
      seed: 11,
      outOfOrder: 0.04,
      late: 0.015,
      duplicates: 0.01,
      broken: 0.01,
      bots: 0.05,
      anomalies: 0.02,
    });
    const { totals, planted } = manifest;
    expect(planted.broken.count).toBe(broken);
    expect(rows.length + broken).toBe(30_000);
    const ids = new Set<string>();
    const copies = rows.filter(({ id }) => id !== null && ids.size === ids.add(id).size);
    const copied = new Set(copies);
    const events = rows.filter((row) => !copied.has(row));
    expect(totals.events).toBe(events.length);
    if (shape === 'rees46') expect(planted.duplicates.counted_as_events).toBe(true);
    else {
      expect(planted.duplicates.count).toBe(copies.length);
      const listed = planted.duplicates.first.map(({ file, row }) => `${file}:${row}`).sort();
      expect(listed).toEqual(copies.map(({ file, row }) => `${file}:${row}`).sort());
    }
    const byType: Record<string, number> = {};
    for (const { type } of events) byType[type] = (byType[type] ?? 0) + 1;
    expect(totals.by_type).toEqual(byType);
    const purchases = events.filter(({ type }) => type === 'purchase');
    expect(cents(totals.revenue)).toBe(purchases.reduce((sum, row) => sum + row.cents, 0));
    expect(totals.orders).toBe(shape === 'rees46' ? null : distinct(purchases.map(({ order }) => order)));
    expect(totals.users).toBe(distinct(events.map(({ user }) => user)));
    expect(totals.visitors).toBe(distinct(events.map(({ visitor }) => visitor)));
    expect(totals.products).toBe(distinct(events.map(({ product }) => product)));
    expect(totals.sessions).toBe(distinct(events.map(({ session }) => session)));
    expect(totals.session_visitor_pairs).toBe(
      distinct(
        events.map(({ session, visitor }) => (session === null || visitor === null ? null : `${session} ${visitor}`)),
      ),
    );
    const sessionsWith = (type: string) =>
      new Set(events.filter((row) => row.type === type && row.session !== null).map(({ session }) => session));
    const carts = sessionsWith('cart_add');
    const buyers = sessionsWith('purchase');
    const both = Array.from(carts).filter((session) => buyers.has(session));
    expect(totals.sessions_with_view).toBe(sessionsWith('view').size);
    expect(totals.sessions_with_cart).toBe(carts.size);
    expect(totals.sessions_with_purchase).toBe(buyers.size);
    expect(totals.sessions_with_cart_and_purchase).toBe(both.length);
    expect(planted.abandoned_carts.count).toBe(carts.size - both.length);
    for (const session of planted.abandoned_carts.first) expect(carts.has(session) && !buyers.has(session)).toBe(true);
    expect(Date.parse(totals.first_event_time ?? '')).toBe(Math.min(...events.map(({ time }) => time)));
    expect(Date.parse(totals.last_event_time ?? '')).toBe(Math.max(...events.map(({ time }) => time)));
    const crawlers = new Set(planted.bots.visitors);
    expect(planted.bots.events).toBe(
      events.filter(({ visitor }) => visitor !== null && crawlers.has(visitor)).length -
        (shape === 'rees46' ? crawlerCopies(rows, crawlers, manifest) : 0),
    );
    let outOfOrder = 0;
    let late = 0;
    const clocks = new Map<string, number>();
    for (const { file, time } of rows) {
      const clock = clocks.get(file) ?? Number.NEGATIVE_INFINITY;
      if (time < clock) outOfOrder++;
      if (time < clock - 600_000) late++;
      clocks.set(file, Math.max(clock, time));
    }
    expect(planted.out_of_order).toBe(outOfOrder);
    expect(planted.late.count).toBe(late);
  });
}

/** Copies of crawlers' rows: events without ids, but planted once. */
function crawlerCopies(rows: readonly Seen[], crawlers: ReadonlySet<string>, { planted }: Manifest): number {
  const copies = new Set(planted.duplicates.first.map(({ row }) => row));
  return rows.filter(({ row, visitor }) => copies.has(row) && crawlers.has(visitor ?? '')).length;
}

test('events carry the rates that were asked for', async () => {
  const { manifest } = await generated({
    shape: 'rees46',
    events: 60_000,
    days: 2,
    outOfOrder: 0.03,
    late: 0.01,
    broken: 0.01,
    bots: 0.1,
  });
  const { planted, totals } = manifest;
  const share = (count: number) => count / 60_000;
  expect(share(planted.out_of_order)).toBeGreaterThan(0.026);
  expect(share(planted.out_of_order)).toBeLessThan(0.034);
  expect(share(planted.late.count)).toBeGreaterThan(0.0085);
  expect(share(planted.late.count)).toBeLessThan(0.0115);
  expect(share(planted.broken.count)).toBeGreaterThan(0.0085);
  expect(share(planted.broken.count)).toBeLessThan(0.0115);
  expect(share(planted.bots.events)).toBeGreaterThan(0.07);
  expect(share(planted.bots.events)).toBeLessThan(0.13);
  const span = Date.parse(totals.last_event_time ?? '') - Date.parse(totals.first_event_time ?? '');
  expect(span / 86_400_000).toBeGreaterThan(1.85);
  expect(span / 86_400_000).toBeLessThan(2.15);
});

test('each broken row has a code, and a shape has several kinds', async () => {
  const { manifest } = await generated({ shape: 'canonical', events: 20_000, broken: 0.04 });
  const { by_code, first, count } = manifest.planted.broken;
  expect(Object.values(by_code).reduce((sum, value) => sum + value, 0)).toBe(count);
  expect(Object.keys(by_code).length).toBeGreaterThan(10);
  expect(first.every(({ code }) => code.startsWith('event.'))).toBe(true);
});
