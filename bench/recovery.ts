import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataSet } from './harness/data.ts';
import { footfall } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { megabytes, range, rounded, spread } from './harness/statistics.ts';

/**
 * S7: seconds until a shop with `--events` stored answers a query again after `kill -9` in the middle of ingest, by a
 * new process from spawn to the first byte of its answer, when the log has `--log` MB; and the same query without a kill
 * before it, which is what a process costs anyway.
 */
const options = benchOptions({ name: 'recovery', events: 10_000_000, rounds: 5, own: { log: 40, rate: 50_000 } });
const { log = 40, rate = 50_000 } = options.own;
/** A log that grows more slowly is killed as it is by then. */
const PATIENCE_SECONDS = 20;
const past = await dataSet(options);
const tail = await dataSet({
  ...options,
  events: 1_000_000,
  seed: options.seed + 1,
  start: Math.ceil((past.start + (past.events / past.rate) * 1000) / 1000) * 1000,
});

const measured = await inScratch(async (folder) => {
  const filled = join(folder, 'filled');
  await footfall(['replay', past.events_csv, '--data', filled], { memory: options.memory });
  const found: { readonly killed: number; readonly calm: number; readonly logMb: number }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const shop = join(folder, `shop-${round}`);
    cpSync(filled, shop, { recursive: true });
    const walSize = () => statSync(join(shop, 'footfall.duckdb.wal'), { throwIfNoEntry: false })?.size ?? 0;
    let logMb = 0;
    // Paced, because small batches go through the log; big ones are written beside it and leave little to replay.
    await footfall(['replay', tail.events_csv, '--data', shop, '--rate', String(rate)], {
      memory: options.memory,
      killWhen: (elapsed) => {
        logMb = megabytes(walSize());
        return logMb >= log || elapsed > PATIENCE_SECONDS;
      },
    });
    if (walSize() === 0) throw new Error('the process ended by itself, with nothing left to recover');
    const answer = () => footfall(['query', 'conversion_funnel', '--limit', '1', '--data', shop, '--json']);
    const killed = await answer();
    const calm = await answer();
    if ((JSON.parse(killed.stdout) as unknown[]).length !== 1) throw new Error('no row was answered');
    const [after, then] = [killed.answeredSeconds ?? killed.seconds, calm.answeredSeconds ?? calm.seconds];
    console.error(
      `round ${round + 1}: ${after.toFixed(2)} s after a kill with a log of ${logMb} MB, ${then.toFixed(2)} s after that`,
    );
    found.push({ killed: after, calm: then, logMb });
  }
  return found;
});

const killed = spread(measured.map((each) => each.killed));
const calm = spread(measured.map((each) => each.calm));
publish(
  {
    section: `Recovery, ${past.density}, ${past.events} events`,
    columns: ['process, spawn to the answer: one row of conversion_funnel', 'seconds min / median / max'],
    rows: [
      [`after kill -9 (log of ${Math.max(...measured.map((each) => each.logMb))} MB)`, range(killed)],
      ['after an orderly end', range(calm)],
    ],
    verdicts: [
      {
        goal: 'S7',
        wanted: '<= 1 s',
        measured: `${killed.median.toFixed(2)} s (at most ${killed.max.toFixed(2)} s)`,
        met: killed.median <= 1,
      },
    ],
    json: {
      bench: 'recovery',
      events: past.events,
      seed: options.seed,
      seconds: rounded(killed.median),
      calm_seconds: rounded(calm.median),
    },
  },
  options,
);
