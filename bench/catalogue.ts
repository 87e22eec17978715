import { join } from 'node:path';
import { dataSet } from './harness/data.ts';
import { footfall } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { range, rounded, spread } from './harness/statistics.ts';

/**
 * The whole catalogue: catch-up of all views that Footfall brings, against computing each of them once. The latter is the
 * time to load the events alone, and of all views from raw by the SQL that defines them, as `verify` does it: its comparison
 * with the stored rows is in that time, and to its disadvantage.
 */
const options = benchOptions({ name: 'catalogue', events: 1_000_000 });
const data = await dataSet(options);
const times = { all: [] as number[], load: [] as number[], once: [] as number[] };
let views = 0;
for (let round = 0; round < options.rounds; round++) {
  await inScratch(async (folder) => {
    const replay = (name: string, catalog: string) =>
      footfall(['replay', data.events_csv, '--data', join(folder, name), '--products', data.products_csv, '--close'], {
        memory: options.memory,
        env: { FOOTFALL_CATALOG: catalog },
      });
    times.load.push((await replay('load', 'enriched_events')).seconds);
    times.all.push((await replay('all', 'all')).seconds);
    const { stdout } = await footfall(['verify', '--data', join(folder, 'all'), '--json'], { memory: options.memory });
    const report = JSON.parse(stdout) as { equal: boolean; seconds: number; views: readonly unknown[] };
    if (!report.equal) throw new Error('rows differ from what the events say');
    views = report.views.length;
    times.once.push(report.seconds);
  });
}
const [all, load, once] = [spread(times.all), spread(times.load), spread(times.once)];
const ratio = (load.median + once.median) / all.median;
publish(
  {
    section: `The whole catalogue, ${data.density}, ${data.events} events`,
    columns: ['', 'seconds min / median / max', 'events/s (median)'],
    rows: [
      [`catch-up of ${views} views`, range(all), rounded(data.events / all.median)],
      ['loading the events alone', range(load), rounded(data.events / load.median)],
      ['each view once from raw, compared', range(once), rounded(data.events / once.median)],
    ],
    notes: [`catch-up is ${rounded(ratio)} times as fast as loading and computing each view once`],
    verdicts: [],
    json: {
      bench: 'catalogue',
      events: data.events,
      seed: data.seed,
      views,
      seconds: rounded(all.median),
      ratio_once: rounded(ratio),
    },
  },
  options,
);
