import { loadavg } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../shop/views/catalog.ts';
import { days, minutes } from '../src/core/time.ts';
import { CATCH_UP } from '../src/engine/protocol/schedule.ts';
import { Answers } from '../src/journey/answers.ts';
import { dataFolder } from '../src/runtime/data-folder.ts';
import { type OpenShop, openShop } from '../src/runtime/open-shop.ts';
import { funnel } from '../src/runtime/operations/counting/funnel.ts';
import { paths } from '../src/runtime/operations/counting/paths.ts';
import { retention } from '../src/runtime/operations/counting/retention.ts';
import { trend } from '../src/runtime/operations/counting/trend.ts';
import { chooseViews } from '../src/view/choose-views.ts';
import { dataSet } from './harness/data.ts';
import { catchUp } from './harness/footfall.ts';
import { benchOptions } from './harness/options.ts';
import { publish, type Verdict } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { quantile, range, rounded, spread } from './harness/statistics.ts';

/** S9: funnels, paths, retention and trends over the journeys of a shop, not asked before and asked again. */
const options = benchOptions({ name: 'journey', events: 10_000_000, rounds: 5 });
const data = await dataSet(options);

const steps = [{ types: ['view'] }, { types: ['cart_add'] }, { types: ['purchase'] }];
const within = days(7);
/** Milliseconds of the goal for a question that was not asked before; trends have none of their own. */
const QUESTIONS: readonly {
  readonly name: string;
  readonly goal?: number;
  readonly ask: (open: OpenShop) => Promise<unknown>;
}[] = [
  {
    name: 'funnel, ordered, by session',
    goal: 500,
    ask: (open) => funnel.run(open, { steps, order: 'ordered', by: 'session', within }, () => undefined),
  },
  {
    name: 'funnel, ordered, by person',
    goal: 500,
    ask: (open) => funnel.run(open, { steps, order: 'ordered', by: 'person', within }, () => undefined),
  },
  {
    name: 'funnel, strict, by session',
    goal: 500,
    ask: (open) => funnel.run(open, { steps, order: 'strict', by: 'session', within }, () => undefined),
  },
  {
    name: 'funnel, any order, by session',
    goal: 500,
    ask: (open) => funnel.run(open, { steps, order: 'any', by: 'session', within }, () => undefined),
  },
  {
    name: 'paths of types',
    goal: 1500,
    ask: (open) => paths.run(open, { of: {}, by: 'type', depth: 6, collapse: true, top: 10 }, () => undefined),
  },
  {
    name: 'paths of categories',
    goal: 1500,
    ask: (open) => paths.run(open, { of: {}, by: 'category', depth: 6, collapse: true, top: 10 }, () => undefined),
  },
  {
    name: 'retention by day',
    goal: 1500,
    ask: (open) => retention.run(open, { first: {}, back: {}, interval: 'day' }, () => undefined),
  },
  {
    name: 'trend of views by hour',
    ask: (open) => trend.run(open, { of: { types: ['view'] }, interval: 'hour' }, () => undefined),
  },
];
const AGAIN = 100;

interface Taken {
  readonly wall: number;
  /** Of all threads of this process: what a busy machine changes least. */
  readonly cpu: number;
}

async function milliseconds(work: () => Promise<unknown>): Promise<Taken> {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - begin, cpu: (user + system) / 1000 };
}

const measured = await inScratch(async (folder) => {
  const path = join(folder, 'shop');
  await catchUp(data, path, { memory: options.memory, env: { FOOTFALL_CATALOG: 'journeys' } });
  const open = await openShop(
    {
      folder: dataFolder(path),
      settings: { zone: 'UTC', lateness: minutes(10), late: 'restate' },
      views: chooseViews(catalog, ['journeys']),
      memoryLimit: options.memory,
      threads: 2,
    },
    CATCH_UP,
  );
  const first: Taken[][] = QUESTIONS.map(() => []);
  const again: Taken[][] = QUESTIONS.map(() => []);
  for (let round = 0; round < options.rounds; round++) {
    for (const [i, { ask }] of QUESTIONS.entries()) {
      // Nothing that was counted is known, what the database holds in memory stays.
      const fresh = { ...open, answers: new Answers(1) };
      first[i]?.push(await milliseconds(() => ask(fresh)));
      again[i]?.push(await milliseconds(() => ask(fresh)));
    }
  }
  const rows = await open.shop.database.one('SELECT count(*) AS n FROM result.journeys');
  await open.close();
  return { first, again, sessions: Number(rows?.['n']) };
});

const rows = QUESTIONS.map(({ name, goal }, i) => {
  const walls = (taken: readonly Taken[] | undefined): number[] => (taken ?? []).map(({ wall }) => wall);
  const [first, again] = [walls(measured.first[i]), walls(measured.again[i])];
  const cpu = spread((measured.first[i] ?? []).map((each) => each.cpu));
  return { name, goal, first, again, cpu, p95: quantile(first, 0.95) };
});
const repeated = Math.max(...rows.flatMap(({ again }) => again));
const verdicts: readonly Verdict[] = [
  ...rows.flatMap(({ name, goal, p95 }) =>
    goal === undefined
      ? []
      : [{ goal: 'S9', wanted: `${name}: p95 <= ${goal} ms`, measured: `${p95.toFixed(0)} ms`, met: p95 <= goal }],
  ),
  {
    goal: 'S9',
    wanted: `asked again: <= ${AGAIN} ms`,
    measured: `${repeated.toFixed(1)} ms at most`,
    met: repeated <= AGAIN,
  },
];
publish(
  {
    section: `Counting journeys, ${data.density}, ${data.events} events`,
    columns: [
      '',
      'first asked, ms min / median / max',
      'CPU ms min / median / max',
      'asked again, ms min / median / max',
    ],
    rows: rows.map(({ name, first, cpu, again }) => [name, range(spread(first)), range(cpu), range(spread(again))]),
    verdicts,
    notes: [
      `${measured.sessions} sessions, all closed; each question with nothing counted before, then once more`,
      `load average of the machine at the end: ${(loadavg()[1] ?? 0).toFixed(1)} (5 minutes)`,
    ],
    json: {
      bench: 'journey',
      events: data.events,
      seed: data.seed,
      sessions: measured.sessions,
      milliseconds: Object.fromEntries(rows.map(({ name, first }) => [name, rounded(spread(first).median)])),
    },
  },
  options,
);
