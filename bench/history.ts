import { join } from 'node:path';
import { CATCH_UP, type Pace } from '../src/engine/protocol/schedule.ts';
import { dataSet } from './harness/data.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { batchesFor, loadProducts, openBenchShop, takeAll } from './harness/shop.ts';
import { quantile, rounded } from './harness/statistics.ts';

const WARM_UP = 10;
/** Never by itself: each batch is finalized by hand, so that both parts are timed. */
const BY_HAND: Pace = { events: Number.POSITIVE_INFINITY, every: Number.POSITIVE_INFINITY };
const PARTS = ['ingest', 'finalize', 'both'] as const;
type Times = Record<(typeof PARTS)[number], number[]>;

/**
 * S5: time of a batch (ingest, finalize, log folding when due) on a shop with `--events` of history against one with
 * none. Both shops are open in this process and take the same batches in turn.
 */
const options = benchOptions({ name: 'history', events: 10_000_000, own: { batch: 2_000, batches: 200 } });
const { batch: batchEvents = 2_000, batches = 200 } = options.own;
const past = await dataSet(options);
const tail = await dataSet({
  ...options,
  events: batchEvents * (batches + WARM_UP),
  seed: options.seed + 1,
  start: Math.ceil((past.start + (past.events / past.rate) * 1000) / 1000) * 1000,
});

const times = await inScratch(async (folder) => {
  const old = join(folder, 'old');
  const filling = await openBenchShop(old, options.memory, CATCH_UP);
  await loadProducts(filling, past);
  await takeAll(filling, past.events_csv);
  await filling.engine.finalize(false);
  await filling.shop.database.run('CHECKPOINT');
  await filling.close();
  const shops = {
    history: await openBenchShop(old, options.memory, BY_HAND),
    none: await openBenchShop(join(folder, 'new'), options.memory, BY_HAND),
  };
  const readings = {
    history: batchesFor(shops.history, tail.events_csv, { batchEvents }),
    none: batchesFor(shops.none, tail.events_csv, { batchEvents }),
  };
  const none = (): Times => ({ ingest: [], finalize: [], both: [] });
  const taken = { history: none(), none: none() };
  for (let i = 0; i < batches + WARM_UP; i++) {
    const order = i % 2 === 0 ? (['history', 'none'] as const) : (['none', 'history'] as const);
    for (const name of order) {
      const { value } = await readings[name].next();
      if (value === undefined) throw new Error('the tail ended early');
      const began = performance.now();
      await value.take();
      const ingested = performance.now();
      await shops[name].engine.finalize(false);
      const done = performance.now();
      if (i < WARM_UP) continue;
      taken[name].ingest.push(ingested - began);
      taken[name].finalize.push(done - ingested);
      taken[name].both.push(done - began);
    }
  }
  await Promise.all([readings.history.return(undefined), readings.none.return(undefined)]);
  await shops.history.close();
  await shops.none.close();
  return taken;
});

const row = (name: string, values: readonly number[]) => [
  name,
  ...[0.5, 0.9, 0.99, 1].map((p) => quantile(values, p).toFixed(1)),
];
const ratioOf = (part: keyof Times) => quantile(times.history[part], 0.5) / quantile(times.none[part], 0.5);
const ratio = ratioOf('both');
publish(
  {
    section: `History, ${past.density}, ${past.events} events`,
    columns: [
      `milliseconds of a batch of ${batchEvents}, finalized each time (${batches} batches)`,
      'p50',
      'p90',
      'p99',
      'max',
    ],
    rows: PARTS.flatMap((part) => [
      row(`${part}, with ${past.events} events of history`, times.history[part]),
      row(`${part}, with none`, times.none[part]),
    ]),
    verdicts: [
      {
        goal: 'S5',
        wanted: '<= 1.1x (with 100 M events)',
        measured: `${ratio.toFixed(2)}x at p50 with ${past.events} events (ingest alone ${ratioOf('ingest').toFixed(2)}x)`,
        met: ratio <= 1.1,
      },
    ],
    json: {
      bench: 'history',
      events: past.events,
      seed: options.seed,
      ratio_p50: rounded(ratio),
      ingest_ratio_p50: rounded(ratioOf('ingest')),
      history_p50_ms: rounded(quantile(times.history.both, 0.5)),
      none_p50_ms: rounded(quantile(times.none.both, 0.5)),
      history_p99_ms: rounded(quantile(times.history.both, 0.99)),
      none_p99_ms: rounded(quantile(times.none.both, 0.99)),
    },
  },
  options,
);
