import { join } from 'node:path';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { Served } from './harness/served.ts';
import { quantile, rounded } from './harness/statistics.ts';

/**
 * S8: events over HTTP, from a load generator in a process of its own: batches of `--batch` NDJSON events by `--clients`
 * clients as fast as they are acknowledged, each validated and on disk; then until the views hold them all; and the
 * time to acknowledgement at `--rate` events a second.
 */
const options = benchOptions({
  name: 'intake',
  events: 1_000_000,
  rounds: 1,
  own: { batch: 1_000, clients: 4, rate: 20_000 },
});
const { batch = 1_000, clients = 4, rate = 20_000 } = options.own;

const measured = await inScratch(async (folder) => {
  const server = await Served.open(join(folder, 'shop'), options.memory);
  const counted = async (): Promise<number> => Number((await server.ask('/v1/status'))['events']);
  const load = (events: number, perSecond: number) => server.load({ events, batch, clients, rate: perSecond });
  await load(20_000, 0);
  const began = performance.now();
  const before = await counted();
  const fast = await load(options.events, 0);
  while ((await counted()) < before + fast.events) await new Promise((resolve) => setTimeout(resolve, 20));
  const throughSeconds = (performance.now() - began) / 1000;
  const paced = await load(rate * 10, rate);
  const cpu = server.usage().cpuSeconds;
  await server.stop();
  return { fast, throughSeconds, paced, cpu };
});

const { fast, throughSeconds, paced, cpu } = measured;
const acknowledged = fast.events / fast.seconds;
const through = fast.events / throughSeconds;
const p99 = quantile(paced.waits, 0.99);
publish(
  {
    section: `Intake over HTTP, ${options.events} events`,
    columns: ['', 'events/s', 'p50 ms', 'p99 ms'],
    rows: [
      [
        `acknowledged: ${clients} clients, ${batch} events a request, on disk`,
        Math.round(acknowledged).toString(),
        quantile(fast.waits, 0.5).toFixed(1),
        quantile(fast.waits, 0.99).toFixed(1),
      ],
      ['in the views', Math.round(through).toString(), '', ''],
      [
        `acknowledged at ${rate} events/s`,
        Math.round(paced.events / paced.seconds).toString(),
        quantile(paced.waits, 0.5).toFixed(1),
        p99.toFixed(1),
      ],
    ],
    notes: [
      `the load generator took ${fast.cpuSeconds.toFixed(1)} s of CPU for the first row, the server ${cpu.toFixed(1)} s in all`,
    ],
    verdicts: [
      {
        goal: 'S8',
        wanted: '>= 200k events/s to acknowledgement, >= 100k through the views, p99 <= 50 ms at 20k/s',
        measured: `${Math.round(acknowledged / 1000)}k, ${Math.round(through / 1000)}k, ${p99.toFixed(0)} ms`,
        met: acknowledged >= 200_000 && through >= 100_000 && p99 <= 50,
      },
    ],
    json: {
      bench: 'intake',
      events: options.events,
      seed: options.seed,
      acknowledged_per_second: rounded(acknowledged),
      through_per_second: rounded(through),
      paced_p99_ms: rounded(p99),
    },
  },
  options,
);
