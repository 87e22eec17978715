import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIVE } from '../src/engine/protocol/schedule.ts';
import { dataSet } from './harness/data.ts';
import { catchUp } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { batchesFor, openBenchShop, takeAll } from './harness/shop.ts';
import { quantile, range, rounded, spread } from './harness/statistics.ts';

const TRIGGER_MS = 200;

/**
 * S10: what 1 % of late events costs catch-up, in turn with the same shop without them; and how long a live shop takes
 * from a late event's arrival to its restated rows, committed.
 */
const options = benchOptions({ name: 'late', events: 10_000_000, own: { live: 500_000, samples: 30 } });
const { live = 500_000, samples = 30 } = options.own;

const sets = {
  none: await dataSet({ ...options, late: 0, outOfOrder: 0.02 }),
  late: await dataSet({ ...options, late: 0.01 }),
};
const seconds: Record<'none' | 'late', number[]> = { none: [], late: [] };
for (let round = 0; round < options.rounds; round++) {
  for (const name of ['none', 'late'] as const) {
    const run = await inScratch((folder) => catchUp(sets[name], join(folder, 'shop'), { memory: options.memory }));
    console.error(`round ${round + 1}, ${name}: ${run.seconds.toFixed(2)} s`);
    seconds[name].push(run.seconds);
  }
}
const [none, late] = [spread(seconds.none), spread(seconds.late)];
const cost = late.median / none.median - 1;
const restated = await restatementTimes();
const p50 = quantile(restated, 0.5);
const p99 = quantile(restated, 0.99);

publish(
  {
    section: `Late events, ${options.density}, ${options.events} events`,
    columns: ['', 'seconds min / median / max'],
    rows: [
      ['catch-up, no event beyond the watermark', range(none)],
      ['catch-up, 1 % beyond the watermark', range(late)],
      [`one late event into a shop with ${live} events (${samples} times), milliseconds`, range(spread(restated))],
    ],
    verdicts: [
      { goal: 'S10', wanted: '1 % late costs <= 15 %', measured: `${(cost * 100).toFixed(1)} %`, met: cost <= 0.15 },
      {
        goal: 'S10',
        wanted: `restated within two triggers (${2 * TRIGGER_MS} ms), the wait for the trigger included`,
        measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms after the trigger fires`,
        met: p99 <= TRIGGER_MS,
      },
    ],
    json: {
      bench: 'late',
      events: options.events,
      seed: options.seed,
      late_cost: rounded(cost),
      restate_p50_ms: rounded(p50),
      restate_p99_ms: rounded(p99),
    },
  },
  options,
);

/** Milliseconds from taking a batch of one late event to the commit of what it restates. */
async function restatementTimes(): Promise<readonly number[]> {
  const data = await dataSet({ ...options, events: live, late: 0 });
  return inScratch(async (folder) => {
    const opened = await openBenchShop(join(folder, 'shop'), options.memory, LIVE);
    await takeAll(opened, data.events_csv);
    await opened.engine.finalize(false);
    const span = (live / data.rate) * 1000;
    const times: number[] = [];
    for (let i = 0; i < samples; i++) {
      const at = new Date(data.start + (span / 2) * ((i + 1) / (samples + 1)))
        .toISOString()
        .slice(0, 19)
        .replace('T', ' ');
      const file = join(folder, `late-${i}.csv`);
      const session = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      writeFileSync(
        file,
        `event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n${at} UTC,purchase,1,2,electronics.smartphone,late,10.00,${i + 1},${session}\n`,
      );
      for await (const { batch, take } of batchesFor(opened, file, { batchEvents: 1 })) {
        if (batch.count === 0) {
          await take();
          continue;
        }
        const began = performance.now();
        const { late: lateEvents } = await take();
        await opened.engine.finalize(false);
        times.push(performance.now() - began);
        if (lateEvents !== 1) throw new Error(`the event of ${at} was not late`);
      }
    }
    const [row] = await opened.shop.database.rows(
      `SELECT count(*) AS n FROM result.event_aggregations WHERE late_events > 0`,
    );
    if (Number(row?.['n']) < 1) throw new Error('no row was restated');
    await opened.close();
    return times;
  });
}
