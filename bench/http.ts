import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataSet } from './harness/data.ts';
import { footfall } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish, type Verdict } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { Served } from './harness/served.ts';
import { quantile, range, rounded, spread } from './harness/statistics.ts';

/**
 * A served shop with `--events` of a week in it, asked over HTTP as dashboards ask: rows by a filter and a range, funnels,
 * paths and retention (S9); how soon an event is in a row that is asked for, at `--rate` events a second from a load
 * generator of its own beside `--queries` queries a second (S4); and how soon rows are answered again after the server
 * was killed while events came in (S7).
 */
const options = benchOptions({
  name: 'http',
  events: 2_000_000,
  rounds: 5,
  own: { rate: 10_000, queries: 50, seconds: 20, asked: 60 },
});
const { rate = 10_000, queries = 50, seconds = 20, asked = 60 } = options.own;
const data = await dataSet(options);
const DAY = 86_400_000;
const VIEWS = ['brand_activity', 'category_revenue', 'event_aggregations', 'conversion_funnel', 'product_page_views'];
const STEPS = [{ types: ['view'] }, { types: ['cart_add'] }, { types: ['purchase'] }];

interface Question {
  readonly name: string;
  readonly goal: number;
  /** The nth time that it is asked: never the same question twice, unless it says so. */
  readonly ask: (server: Served, n: number) => Promise<unknown>;
}

const dayOf = (n: number): string => new Date(data.start + n * DAY).toISOString();
/** A range of the week, another one each time. */
const during = (n: number) => ({
  from: dayOf(((n * 7_919) % 5_000) / 1_000),
  to: dayOf(6 + ((n * 104_729) % 1_000) / 1_000),
});
const rangeOf = (n: number): string => new URLSearchParams(during(n)).toString();

const QUESTIONS: readonly Question[] = [
  {
    name: 'rows by a filter and a range',
    goal: 200,
    ask: (server, n) =>
      server.ask(`/v1/views/brand_activity/rows?where=event_count:gte:${1 + (n % 9)}&${rangeOf(n)}&limit=100`),
  },
  {
    name: 'rows in groups by day',
    goal: 200,
    ask: (server, n) => server.ask(`/v1/views/category_revenue/rows?group_by=day&${rangeOf(n)}`),
  },
  {
    name: 'newest rows',
    goal: 200,
    ask: (server, n) => server.ask(`/v1/views/${VIEWS[n % VIEWS.length]}/rows?order=-window_start&limit=50`),
  },
  {
    name: 'funnel',
    goal: 500,
    ask: (server, n) => server.ask('/v1/funnel', { steps: STEPS, order: 'ordered', by: 'session', ...during(n) }),
  },
  {
    name: 'paths',
    goal: 1_500,
    ask: (server, n) =>
      server.ask('/v1/paths', { of: {}, by: 'type', depth: 6, collapse: true, top: 10, ...during(n) }),
  },
  {
    name: 'retention',
    goal: 1_500,
    ask: (server, n) => server.ask('/v1/retention', { first: {}, back: {}, interval: 'day', ...during(n) }),
  },
  {
    name: 'funnel, asked again',
    goal: 100,
    ask: (server) => server.ask('/v1/funnel', { steps: STEPS, order: 'ordered', by: 'session' }),
  },
];

/** Milliseconds of something. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const measured = await inScratch(async (folder) => {
  const shop = join(folder, 'shop');
  await footfall(['replay', data.events_csv, '--data', shop, '--products', data.products_csv], {
    memory: options.memory,
  });
  const server = await Served.open(shop, options.memory);
  const answers: { readonly question: Question; readonly times: readonly number[] }[] = [];
  for (const question of QUESTIONS) {
    await question.ask(server, 0);
    const times: number[] = [];
    for (let n = 1; n <= asked; n += 1) times.push(await timed(() => question.ask(server, n)));
    answers.push({ question, times });
  }
  const fresh = await freshness(server);
  const back: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const load = server.load({ events: rate * 4, batch: 500, clients: 4, rate, again: 20 });
    await sleep(3_000);
    server.crash();
    back.push((await timed(() => answered(server))) / 1_000);
    await load;
  }
  await server.stop();
  return { answers, fresh, back };
});

/** Asks until rows are answered. */
async function answered(server: Served): Promise<void> {
  for (;;) {
    const said = await server.ask('/v1/views/conversion_funnel/rows?limit=1').catch(() => undefined);
    if (said !== undefined) return;
    await sleep(5);
  }
}

async function freshness(server: Served): Promise<{
  readonly ages: readonly number[];
  readonly panels: readonly number[];
  readonly load: Awaited<ReturnType<Served['load']>>;
  readonly cpuSeconds: number;
}> {
  const before = server.usage().cpuSeconds;
  const load = server.load({ events: rate * seconds, batch: 500, clients: 8, rate });
  let running = true;
  const loaded = load.finally(() => {
    running = false;
  });
  const panels: number[] = [];
  const waiting: Promise<unknown>[] = [];
  const dashboards = (async () => {
    const start = performance.now();
    for (let i = 0; running; i += 1) {
      await sleep(Math.max(0, start + (i * 1_000) / queries - performance.now()));
      const path = `/v1/views/${VIEWS[i % VIEWS.length]}/rows?order=-window_start&limit=50`;
      waiting.push(timed(() => server.ask(path)).then((took) => panels.push(took)));
    }
  })();
  const ages: number[] = [];
  for (let n = 0; running; n += 1) {
    const brand = `marked-${n}`;
    const began = performance.now();
    await server.send([{ event_time: new Date().toISOString(), event_type: 'view', user_id: 'marker', brand }]);
    for (let seen = false; !seen; ) {
      const { rows } = await server.ask(`/v1/views/brand_activity/rows?where=brand:eq:${brand}&limit=1`);
      seen = (rows as readonly unknown[]).length > 0;
    }
    ages.push(performance.now() - began);
    await sleep(20);
  }
  await dashboards;
  await Promise.all(waiting);
  return { ages, panels, load: await loaded, cpuSeconds: server.usage().cpuSeconds - before };
}

const { answers, fresh, back } = measured;
const row = (name: string, times: readonly number[]): readonly string[] => [
  name,
  ...[0.5, 0.95, 0.99, 1].map((p) => quantile(times, p).toFixed(0)),
];
const p99 = quantile(fresh.ages, 0.99);
const perSecond = fresh.load.events / fresh.load.seconds;
const recovery = spread(back);
const slow = answers.filter(({ question, times }) => quantile(times, 0.95) > question.goal);
const verdicts: readonly Verdict[] = [
  {
    goal: 'S4',
    wanted: '<= 300 ms at 10k events/s, over HTTP',
    measured: `p99 ${p99.toFixed(0)} ms at ${Math.round(perSecond)} events/s and ${(fresh.panels.length / fresh.load.seconds).toFixed(0)} queries/s`,
    met: p99 <= 300 && perSecond >= rate * 0.95,
  },
  {
    goal: 'S7',
    wanted: '<= 1 s from kill -9 to rows over HTTP',
    measured: `${recovery.median.toFixed(2)} s (at most ${recovery.max.toFixed(2)} s)`,
    met: recovery.median <= 1,
  },
  {
    goal: 'S9',
    wanted: 'p95 <= 200 ms for rows, 500 ms for funnels, 1.5 s for paths and retention, 100 ms asked again',
    measured: slow.length === 0 ? 'all of them' : `too slow: ${slow.map(({ question }) => question.name).join(', ')}`,
    met: slow.length === 0,
  },
];
publish(
  {
    section: `Over HTTP, ${data.density}, ${data.events} events`,
    columns: ['milliseconds', 'p50', 'p95', 'p99', 'max'],
    rows: [
      ...answers.map(({ question, times }) => row(question.name, times)),
      row(`event sent until a row has it, ${rate} events/s`, fresh.ages),
      row(`dashboard query beside them, ${queries} queries/s`, fresh.panels),
      row('acknowledgement', fresh.load.waits),
    ],
    notes: [
      `after kill -9 at ${rate} events/s, until rows were answered: ${range(recovery)} s`,
      `at ${rate} events/s for ${fresh.load.seconds.toFixed(0)} s the server took ${fresh.cpuSeconds.toFixed(1)} s of CPU, the load generator ${fresh.load.cpuSeconds.toFixed(1)} s`,
    ],
    verdicts,
    json: {
      bench: 'http',
      events: data.events,
      seed: options.seed,
      freshness_p99_ms: rounded(p99),
      recovery_seconds: rounded(recovery.median),
      rows_p95_ms: rounded(quantile(answers[0]?.times ?? [], 0.95)),
      funnel_p95_ms: rounded(quantile(answers[3]?.times ?? [], 0.95)),
    },
  },
  options,
);
