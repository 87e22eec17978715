import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Heard, Marker } from './harness/listeners.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { Served } from './harness/served.ts';
import { megabytes, quantile, rounded } from './harness/statistics.ts';

/**
 * The live stream: `--listeners` of them in a process of their own, and `--stalled` more that read nothing, while events
 * arrive at `--rate` a second. Every second an event with a brand of its own is sent: how long until each listener has
 * heard of it, and what listeners cost the server and those who send.
 */
const options = benchOptions({
  name: 'live',
  events: 60_000,
  rounds: 1,
  own: { listeners: 1_000, stalled: 1, rate: 2_000 },
});
const { listeners = 1_000, stalled = 1, rate = 2_000 } = options.own;
const VIEWS = 'brand_activity,category_revenue';
const LISTENERS = fileURLToPath(new URL('./harness/listeners.ts', import.meta.url));
const load = { events: options.events / 2, batch: 100, clients: 4, rate };

const found = await inScratch(async (folder) => {
  const server = await Served.open(join(folder, 'shop'), options.memory);
  await server.load({ ...load, events: rate * 3 });
  const idle = server.usage();
  const alone = await server.load(load);
  const before = server.usage();
  const child = fork(LISTENERS, [
    JSON.stringify({ url: server.url, key: server.read, views: VIEWS, listeners, stalled }),
  ]);
  const began = performance.now();
  await once(child, 'message');
  const joinSeconds = (performance.now() - began) / 1000;
  const joined = server.usage();
  const heard: Heard[] = [];
  let over = false;
  const marking = (async () => {
    for (let n = 0; !over; n += 1) {
      const marker: Marker = { text: `marked-${n}.`, sent: performance.timeOrigin + performance.now() };
      child.send(marker);
      const event_time = new Date().toISOString();
      await server.send([{ event_time, event_type: 'view', user_id: 'marker', brand: marker.text }]);
      const [told] = (await once(child, 'message')) as [Heard];
      heard.push(told);
    }
  })();
  const loaded = await server.load(load);
  over = true;
  await marking;
  const after = server.usage();
  child.kill();
  await server.stop();
  return { alone, loaded, heard, joinSeconds, idle, before, joined, after };
});

const { alone, loaded, heard, joinSeconds, idle, before, joined, after } = found;
const delays = heard.flatMap((each) => each.delays);
const last = heard.at(-1);
const missing = heard.length * listeners - delays.length;
/** From the first listener of an event to its last. */
const spreads = heard.map(({ delays: each }) => Math.max(...each) - Math.min(...each));
const ms = (values: readonly number[], p: number): string => quantile(values, p).toFixed(0);
publish(
  {
    section: `Live stream, ${listeners} listeners, ${rate} events/s`,
    columns: ['milliseconds', 'p50', 'p99', 'max'],
    rows: [
      ['event sent until a listener has heard of it', ms(delays, 0.5), ms(delays, 0.99), ms(delays, 1)],
      ['from the first listener to the last', ms(spreads, 0.5), ms(spreads, 0.99), ms(spreads, 1)],
      ['acknowledgement without listeners', ms(alone.waits, 0.5), ms(alone.waits, 0.99), ms(alone.waits, 1)],
      ['acknowledgement with them', ms(loaded.waits, 0.5), ms(loaded.waits, 0.99), ms(loaded.waits, 1)],
    ],
    notes: [
      `${heard.length} events looked for by all; ${missing} were not heard within 10 s; ${last?.gone ?? 0} listeners lost their stream; ${stalled} more read nothing`,
      `all listeners joined within ${joinSeconds.toFixed(1)} s`,
      `CPU of the server: ${(before.cpuSeconds - idle.cpuSeconds).toFixed(1)} s in ${alone.seconds.toFixed(0)} s without listeners, ${(joined.cpuSeconds - before.cpuSeconds).toFixed(1)} s for their joining, ${(after.cpuSeconds - joined.cpuSeconds).toFixed(1)} s in ${loaded.seconds.toFixed(0)} s with them; the listeners took ${last?.cpuSeconds.toFixed(1) ?? '?'} s for ${megabytes(last?.bytes ?? 0)} MB, the load generator ${loaded.cpuSeconds.toFixed(1)} s`,
      `peak memory of the server: ${megabytes(before.peakRss)} MB without listeners, ${megabytes(after.peakRss)} MB with them`,
    ],
    verdicts: [],
    json: {
      bench: 'live',
      listeners,
      events: options.events,
      seed: options.seed,
      delay_p50_ms: rounded(quantile(delays, 0.5)),
      delay_p99_ms: rounded(quantile(delays, 0.99)),
      spread_p99_ms: rounded(quantile(spreads, 0.99)),
      missing,
      acknowledged_p99_ms: rounded(quantile(loaded.waits, 0.99)),
      acknowledged_alone_p99_ms: rounded(quantile(alone.waits, 0.99)),
    },
  },
  options,
);
