import { join } from 'node:path';
import { oneShot, scan } from './comparator.ts';
import { type DataSet, dataSet } from './data.ts';
import { assertEqualTables } from './equality.ts';
import { catchUp } from './footfall.ts';
import type { BenchOptions } from './options.ts';
import { publish, type Verdict } from './report.ts';
import type { ProcessRun } from './run-process.ts';
import { inScratch } from './scratch.ts';
import { megabytes, range, rounded, spread } from './statistics.ts';

interface Round {
  readonly ours: ProcessRun;
  readonly oneShot: ProcessRun & { readonly stages: Readonly<Record<string, number>> };
  readonly scan: number;
}

/**
 * S1 and S2: a CSV file into all views of the reference set, final and committed, by the product as a process, against
 * the one-shot comparator as a process, in turn, and against merely scanning the file. Both must end with equal rows.
 *
 * @throws Error when a table of the two sides differs
 */
export async function compareCatchUp(options: BenchOptions): Promise<void> {
  const data = await dataSet(options);
  const rounds: Round[] = [];
  for (let number = 0; number < options.rounds; number++) rounds.push(await measure(data, options, number));
  report(data, rounds, options);
}

function measure(data: DataSet, { memory }: BenchOptions, number: number): Promise<Round> {
  return inScratch(async (folder) => {
    const shop = join(folder, 'shop');
    const database = join(folder, 'oneshot.duckdb');
    const scanned = await scan(data);
    // They take turns in going first, so that neither always finds a quieter machine.
    const theirsFirst = number % 2 === 1 ? await oneShot(data, database, memory) : undefined;
    const ours = await catchUp(data, shop, { memory });
    const theirs = theirsFirst ?? (await oneShot(data, database, memory));
    await assertEqualTables(shop, database);
    console.error(
      `round ${number + 1}: ours ${ours.seconds.toFixed(2)} s, one-shot ${theirs.seconds.toFixed(2)} s, scan ${scanned.toFixed(2)} s, equal rows`,
    );
    return { ours, oneShot: theirs, scan: scanned };
  });
}

function report(data: DataSet, rounds: readonly Round[], options: BenchOptions): void {
  const ours = spread(rounds.map((round) => round.ours.seconds));
  const theirs = spread(rounds.map((round) => round.oneShot.seconds));
  const scans = spread(rounds.map((round) => round.scan));
  const ratios = spread(rounds.map((round) => round.oneShot.seconds / round.ours.seconds));
  const ratioOneShot = theirs.median / ours.median;
  const ratioScan = scans.median / ours.median;
  const rate = (seconds: number): number => rounded(data.events / seconds);
  const cpu = (runs: readonly ProcessRun[]): number => rounded(spread(runs.map(({ cpuSeconds }) => cpuSeconds)).median);
  const peak = (runs: readonly ProcessRun[]): number => megabytes(Math.max(...runs.map(({ peakRss }) => peakRss)));
  const oursRuns = rounds.map((round) => round.ours);
  const theirRuns = rounds.map((round) => round.oneShot);
  const verdicts: readonly Verdict[] = [
    {
      goal: 'S1',
      wanted: data.density === 'sparse' ? '>= 1.2x; below 1.0x is not shippable' : '>= 1.0x, published beside sparse',
      measured: `${ratioOneShot.toFixed(2)}x the one-shot (${ratios.min.toFixed(2)} - ${ratios.max.toFixed(2)})`,
      met: ratioOneShot >= (data.density === 'sparse' ? 1.2 : 1),
    },
    {
      goal: 'S2',
      wanted: '>= 1/25',
      measured: `1/${(1 / ratioScan).toFixed(1)} of the scan`,
      met: ratioScan >= 1 / 25,
    },
  ];
  publish(
    {
      section: `Catch-up, ${data.density}, ${data.events} events`,
      columns: ['', 'seconds min / median / max', 'events/s (median)', 'CPU seconds (median)', 'peak RSS MB'],
      rows: [
        ['footfall replay --products --close', range(ours), rate(ours.median), cpu(oursRuns), peak(oursRuns)],
        ['DuckDB one-shot (oneshot.sql)', range(theirs), rate(theirs.median), cpu(theirRuns), peak(theirRuns)],
        ['scan: count(*), sum(price)', range(scans), rate(scans.median), '', ''],
      ],
      verdicts,
      notes: [
        `${Math.round(data.bytes / 1e6)} MB of CSV; wall clock from spawn to exit; rows of all seven tables equal in every round`,
        `one-shot stages, seconds: ${JSON.stringify(rounds.at(-1)?.oneShot.stages ?? {})}`,
      ],
      json: {
        bench: 'catchup',
        density: data.density,
        events: data.events,
        seed: data.seed,
        ratio_one_shot: rounded(ratioOneShot),
        ratio_one_shot_min: rounded(ratios.min),
        ratio_one_shot_max: rounded(ratios.max),
        ratio_scan: rounded(ratioScan),
        events_per_second: rate(ours.median),
        peak_rss_mb: peak(oursRuns),
        seconds: rounded(ours.median),
        one_shot_seconds: rounded(theirs.median),
        scan_seconds: rounded(scans.median),
        rows_equal: true,
      },
    },
    options,
  );
}
