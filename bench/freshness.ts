import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIVE } from '../src/engine/protocol/schedule.ts';
import { dataSet } from './harness/data.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { batchesFor, loadProducts, openBenchShop } from './harness/shop.ts';
import { quantile, rounded } from './harness/statistics.ts';

/** Panels of a dashboard: newest rows of each view, live ones included. */
const PANELS = ['event_aggregations', 'conversion_funnel', 'category_revenue', 'brand_activity', 'product_page_views'];
const WARM_UP_SECONDS = 3;

/**
 * S4: from an event's arrival until a query's live row contains it, durably. Events arrive at `--rate` a second with
 * event times that run at the same speed; beside them `--queries` dashboard queries a second read the newest rows.
 * An event has arrived when its turn at that rate has come: waiting for the next batch counts.
 */
const options = benchOptions({
  name: 'freshness',
  events: 300_000,
  rounds: 1,
  own: { rate: 10_000, queries: 50, trigger: 200 },
});
const { rate = 10_000, queries = 50 } = options.own;
const data = await dataSet({ ...options, rate, late: 0, outOfOrder: 0 });

interface Freshness {
  /** Milliseconds, one for each hundredth event. */
  readonly ages: readonly number[];
  readonly batches: readonly number[];
  readonly panels: readonly number[];
  readonly seconds: number;
}

const found = await inScratch(async (folder): Promise<Freshness> => {
  const opened = await openBenchShop(join(folder, 'shop'), options.memory, LIVE);
  const { shop, reader } = opened;
  await loadProducts(opened, data);
  const ages: number[] = [];
  const batches: number[] = [];
  const panels: number[] = [];
  let began = Number.NaN;
  let visible = 0;
  let running = true;

  /** Reads a view as a dashboard does. */
  const read = (view: string, sql: string) =>
    reader.ask(
      shop.views.filter(({ name }) => name === view),
      ({ database }) => database.jsonRows(sql),
    );

  /** Events that the newest answer contains: their age is known now. */
  const look = async (): Promise<void> => {
    const [row] = await read('event_aggregations', 'SELECT sum(event_count)::BIGINT AS n FROM event_aggregations');
    const now = performance.now();
    const contained = Number(row?.['n'] ?? 0);
    for (let event = Math.ceil(visible / 100) * 100; event < contained; event += 100) {
      if (event >= WARM_UP_SECONDS * rate) ages.push(now - began - (event / rate) * 1000);
    }
    visible = contained;
  };

  const dashboard = async (): Promise<void> => {
    const start = performance.now();
    for (let i = 0; running; i++) {
      await sleep(Math.max(0, start + (i * 1000) / queries - performance.now()));
      const view = PANELS[i % PANELS.length] as string;
      const asked = performance.now();
      await read(view, `SELECT * FROM ${view} ORDER BY window_start DESC LIMIT 50`);
      panels.push(performance.now() - asked);
    }
  };

  const querying = dashboard();
  let last = performance.now();
  for await (const { batch, take } of batchesFor(opened, data.events_csv, {
    // Whatever has arrived when the last batch is done: a shop that is behind takes bigger ones.
    batchEvents: 20_000,
    pace: { kind: 'rate', eventsPerSecond: rate },
  })) {
    if (Number.isNaN(began)) began = performance.now() - (batch.count / rate) * 1000;
    last = performance.now();
    await take();
    batches.push(performance.now() - last);
    await look();
  }
  running = false;
  await querying;
  const seconds = (performance.now() - began) / 1000;
  await opened.close();
  return { ages, batches, panels, seconds };
});

const quantiles = (values: readonly number[]) => [0.5, 0.9, 0.99, 1].map((p) => quantile(values, p).toFixed(0));
const p99 = quantile(found.ages, 0.99);
const asked = found.panels.length / found.seconds;
publish(
  {
    section: `Freshness, ${rate} events/s, ${queries} queries/s`,
    columns: ['milliseconds', 'p50', 'p90', 'p99', 'max'],
    rows: [
      ['arrival to contained in a live row, durable', ...quantiles(found.ages)],
      ['ingest transaction (and finalize when due)', ...quantiles(found.batches)],
      ['dashboard query, its wait included', ...quantiles(found.panels)],
    ],
    verdicts: [
      {
        goal: 'S4',
        wanted: '<= 300 ms at 10k events/s',
        measured: `p99 ${p99.toFixed(0)} ms at ${Math.round(data.events / found.seconds)} events/s and ${asked.toFixed(0)} queries/s`,
        met: p99 <= 300 && asked >= queries * 0.95,
      },
    ],
    json: {
      bench: 'freshness',
      events: data.events,
      seed: options.seed,
      freshness_p50_ms: rounded(quantile(found.ages, 0.5)),
      freshness_p99_ms: rounded(p99),
      events_per_second: rounded(data.events / found.seconds),
      queries_per_second: rounded(asked),
    },
  },
  options,
);
