import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { oneShot, scan } from './harness/comparator.ts';
import { type DataSet, dataSet } from './harness/data.ts';
import { assertEqualTables } from './harness/equality.ts';
import { catchUp } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { rounded, spread } from './harness/statistics.ts';

/**
 * S1 and S2: a CSV file into all views of the reference set, final and committed, by the product as a process, against
 * the one-shot comparator as a process, in turn, and against merely scanning the file. Both must end with equal rows.
 */
const options = benchOptions({ name: 'catchup', events: 10_000_000 });

interface Round {
  readonly ours: number;
  readonly oursCpu: number;
  readonly oneShot: number;
  readonly oneShotCpu: number;
  readonly scan: number;
  readonly peakRss: number;
  readonly oneShotRss: number;
  readonly stages: Readonly<Record<string, number>>;
}

async function round(data: DataSet, number: number): Promise<Round> {
  return inScratch(async (folder) => {
    const shop = join(folder, 'shop');
    const database = join(folder, 'oneshot.duckdb');
    const seconds = await scan(data);
    // Whoever goes first finds the file in the page cache less often: they take turns.
    const [ours, theirs] =
      number % 2 === 0
        ? [await catchUp(data, shop, { memory: options.memory }), await oneShot(data, database, options.memory)]
        : await oneShot(data, database, options.memory).then(
            async (first) => [await catchUp(data, shop, { memory: options.memory }), first] as const,
          );
    if (number === 0) {
      await assertEqualTables(shop, database);
      console.error(`tables are equal; comparator's database ${Math.round(statSync(database).size / 1e6)} MB`);
    }
    console.error(
      `round ${number + 1}: ours ${ours.seconds.toFixed(2)} s, one-shot ${theirs.seconds.toFixed(2)} s, scan ${seconds.toFixed(2)} s`,
    );
    rmSync(shop, { recursive: true, force: true });
    return {
      ours: ours.seconds,
      oursCpu: ours.cpuSeconds,
      oneShot: theirs.seconds,
      oneShotCpu: theirs.cpuSeconds,
      scan: seconds,
      peakRss: ours.peakRss,
      oneShotRss: theirs.peakRss,
      stages: theirs.stages,
    };
  });
}

const data = await dataSet(options);
const rounds: Round[] = [];
for (let i = 0; i < options.rounds; i++) rounds.push(await round(data, i));

const ours = spread(rounds.map((each) => each.ours));
const oneShotSeconds = spread(rounds.map((each) => each.oneShot));
const scanSeconds = spread(rounds.map((each) => each.scan));
const ratios = spread(rounds.map((each) => each.oneShot / each.ours));
const ratioOneShot = oneShotSeconds.median / ours.median;
const ratioScan = scanSeconds.median / ours.median;
const peak = Math.max(...rounds.map((each) => each.peakRss));
const rate = (seconds: number): number => rounded(data.events / seconds);
const middle = (values: readonly number[]): number => rounded(spread(values).median);
const mb = (bytes: number): number => Math.round(bytes / 2 ** 20);

publish(
  {
    section: `catchup ${data.density}, ${data.events} events`,
    columns: ['', 'seconds min / median / max', 'events/s (median)', 'CPU s (median)', 'peak RSS MB'],
    rows: [
      [
        'footfall: dimensions load, replay --close',
        cell(ours),
        rate(ours.median),
        middle(rounds.map((each) => each.oursCpu)),
        mb(peak),
      ],
      [
        'DuckDB one-shot (oneshot.sql)',
        cell(oneShotSeconds),
        rate(oneShotSeconds.median),
        middle(rounds.map((each) => each.oneShotCpu)),
        mb(Math.max(...rounds.map((each) => each.oneShotRss))),
      ],
      ['scan: count(*), sum(price)', cell(scanSeconds), rate(scanSeconds.median), '', ''],
    ],
    verdicts: [
      {
        goal: 'S1',
        wanted: data.density === 'sparse' ? '>= 1.2x, below 1.0x not shippable' : 'published beside sparse',
        measured: `${ratioOneShot.toFixed(2)}x the one-shot (${ratios.min.toFixed(2)} - ${ratios.max.toFixed(2)})`,
        met: ratioOneShot >= (data.density === 'sparse' ? 1.2 : 1),
      },
      {
        goal: 'S2',
        wanted: '>= 1/25',
        measured: `1/${(1 / ratioScan).toFixed(1)} of the scan`,
        met: ratioScan >= 1 / 25,
      },
    ],
    notes: [
      `${Math.round(data.bytes / 1e6)} MB of CSV; rows of all seven tables equal on both sides; wall clock from spawn to exit of every process; one-shot stages: ${JSON.stringify(rounds.at(-1)?.stages ?? {})}`,
    ],
    json: {
      bench: 'catchup',
      density: data.density,
      events: data.events,
      seed: data.seed,
      ratio_one_shot: rounded(ratioOneShot),
      ratio_scan: rounded(ratioScan),
      events_per_second: rate(ours.median),
      peak_rss_mb: mb(peak),
      seconds: ours.median,
      one_shot_seconds: oneShotSeconds.median,
      scan_seconds: scanSeconds.median,
      ratio_min: rounded(ratios.min),
      ratio_max: rounded(ratios.max),
      rows_equal: true,
    },
  },
  options,
);

function cell({ min, median, max }: { readonly min: number; readonly median: number; readonly max: number }): string {
  return `${min.toFixed(2)} / ${median.toFixed(2)} / ${max.toFixed(2)}`;
}
