import { join } from 'node:path';
import { CATCH_UP } from '../src/engine/protocol/schedule.ts';
import { withReader } from '../src/engine/read.ts';
import { verify } from '../src/engine/verify.ts';
import { dataSet } from './harness/data.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { loadProducts, openBenchShop, takeAll } from './harness/shop.ts';
import { range, rounded, spread } from './harness/statistics.ts';

/** S11: events a second of recomputing all views from raw and comparing every stored row. Default: a day of 1.4 M. */
const options = benchOptions({ name: 'verify', events: 1_430_000 });
const data = await dataSet(options);
const { seconds, views } = await inScratch(async (folder) => {
  const opened = await openBenchShop(join(folder, 'shop'), options.memory, CATCH_UP);
  await loadProducts(opened, data);
  await takeAll(opened, data.events_csv);
  await opened.engine.finalize(true);
  const found: number[] = [];
  let count = 0;
  for (let round = 0; round < options.rounds; round++) {
    const result = await withReader(opened.shop, (reader) =>
      reader.ask([], (reading) => verify(reading, { clock: () => performance.now() / 1000 })),
    );
    if (!result.equal)
      throw new Error(`not equal: ${JSON.stringify(result.views.filter(({ differences }) => differences > 0))}`);
    found.push(result.seconds);
    count = result.views.length;
  }
  await opened.close();
  return { seconds: found, views: count };
});
const middle = spread(seconds);
const rate = data.events / middle.median;
publish(
  {
    section: `Verify, ${data.density}, ${data.events} events`,
    columns: ['', 'seconds min / median / max', 'events/s (median)'],
    rows: [[`verify of ${views} views and of raw, all equal`, range(middle), rounded(rate)]],
    verdicts: [
      { goal: 'S11', wanted: '>= 1 M events/s', measured: `${rounded(rate / 1e6)} M events/s`, met: rate >= 1e6 },
    ],
    json: {
      bench: 'verify',
      events: data.events,
      seed: data.seed,
      views,
      events_per_second: rounded(rate),
      seconds: rounded(middle.median),
    },
  },
  options,
);
