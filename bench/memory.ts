import { join } from 'node:path';
import { dataSet } from './harness/data.ts';
import { catchUp } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import type { ProcessRun } from './harness/run-process.ts';
import { inScratch } from './harness/scratch.ts';
import { megabytes, range, rounded, spread } from './harness/statistics.ts';

/** S6: catch-up with little memory against the usual limit, in turn. */
const options = benchOptions({ name: 'memory', events: 10_000_000, own: { small: 600 } });
const small = `${options.own['small'] ?? 600}MB`;
const data = await dataSet(options);
const runs: Record<'small' | 'usual', ProcessRun[]> = { small: [], usual: [] };
for (let round = 0; round < options.rounds; round++) {
  for (const [name, memory] of [
    ['usual', options.memory],
    ['small', small],
  ] as const) {
    const run = await inScratch((folder) => catchUp(data, join(folder, 'shop'), { memory }));
    console.error(`round ${round + 1}, ${memory}: ${run.seconds.toFixed(2)} s, peak ${megabytes(run.peakRss)} MB`);
    runs[name].push(run);
  }
}
const seconds = {
  small: spread(runs.small.map((run) => run.seconds)),
  usual: spread(runs.usual.map((run) => run.seconds)),
};
const peak = {
  small: megabytes(Math.max(...runs.small.map((run) => run.peakRss))),
  usual: megabytes(Math.max(...runs.usual.map((run) => run.peakRss))),
};
const share = seconds.usual.median / seconds.small.median;
publish(
  {
    section: `Memory, ${data.density}, ${data.events} events`,
    columns: ['memory_limit', 'seconds min / median / max', 'peak RSS MB (launcher, Node and DuckDB)'],
    rows: [
      [options.memory, range(seconds.usual), peak.usual],
      [small, range(seconds.small), peak.small],
    ],
    verdicts: [
      {
        goal: 'S6',
        wanted: `<= 1 GB at >= 90 % of the speed with ${options.memory}`,
        measured: `${peak.small} MB at ${(share * 100).toFixed(0)} %`,
        met: peak.small <= 1024 && share >= 0.9,
      },
    ],
    json: {
      bench: 'memory',
      events: data.events,
      seed: data.seed,
      peak_rss_mb: peak.small,
      speed_share: rounded(share),
    },
  },
  options,
);
