import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from '../shop/views/catalog.ts';
import { brandActivity } from '../shop/views/journey/brand-activity.ts';
import { minutes } from '../src/core/time.ts';
import { givePeople } from '../src/engine/people/give-people.ts';
import { proposeBots } from '../src/engine/people/propose-bots.ts';
import { CATCH_UP } from '../src/engine/protocol/schedule.ts';
import { dataFolder } from '../src/runtime/data-folder.ts';
import { openShop } from '../src/runtime/open-shop.ts';
import { FolderSink } from '../src/source/generator/folder-sink.ts';
import { generate } from '../src/source/generator/generate.ts';
import type { Manifest } from '../src/source/generator/manifest.ts';
import { chooseViews } from '../src/view/choose-views.ts';
import { human } from '../src/view/expression.ts';
import { view } from '../src/view/view.ts';
import { benchOptions } from './harness/options.ts';
import { publish } from './harness/report.ts';
import { inScratch } from './harness/scratch.ts';
import { takeAll } from './harness/shop.ts';
import { rounded } from './harness/statistics.ts';

/**
 * How well `bots propose` finds the crawlers that the generator planted, and how long it takes until what views without
 * bots had closed follows a mark, and counts of people a link.
 */
const options = benchOptions({ name: 'people', events: 1_000_000, own: { days: 14 } });
const { days = 14 } = options.own;
const MOST = 100_000;

const { columns, fingerprint: _, ...declared } = brandActivity;
const withoutBots = view({
  ...declared,
  name: 'human_brand_activity',
  kit: 'shop',
  where: human(),
  columns: Object.fromEntries(columns.map(({ name, ...column }) => [name, column])),
});

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

const measured = await inScratch(async (folder) => {
  const data = join(folder, 'data');
  const shape = { shape: 'rees46', events: options.events, seed: options.seed, days } as const;
  await generate({ ...shape, bots: 0.02, outOfOrder: 0.03, late: 0.01 }, new FolderSink(data));
  const manifest = JSON.parse(readFileSync(join(data, 'manifest.json'), 'utf8')) as Manifest;
  const open = await openShop(
    {
      folder: dataFolder(join(folder, 'shop')),
      settings: { zone: 'UTC', lateness: minutes(10), late: 'restate' },
      views: [...chooseViews(catalog, ['brand_activity', 'journeys']), withoutBots],
      memoryLimit: options.memory,
      threads: 2,
    },
    CATCH_UP,
  );
  await takeAll(open, join(data, 'events.csv'));
  await open.engine.finalize(true);
  let proposed: readonly string[] = [];
  const proposing = await seconds(async () => {
    proposed = (await open.counter.ask([], (reading) => proposeBots(reading, MOST))).map(({ visitor }) => visitor);
  });
  const recorded = Date.now() * 1000;
  const rows = proposed.map((visitor) => ({ visitor, from: null }));
  const say = (
    says: 'bot' | 'same_as',
    withdrawn: boolean,
    said: readonly { visitor: string; user?: string; from: null }[],
  ) => seconds(() => open.engine.change(() => givePeople(open.shop, { says, withdrawn, rows: said, recorded })));
  const marking = await say('bot', false, rows);
  const unmarking = await say('bot', true, rows);
  const linking = await say(
    'same_as',
    false,
    rows.map((row, i) => ({ ...row, visitor: `anonymous-${i}`, user: row.visitor })),
  );
  await open.close();
  return { planted: new Set(manifest.planted.bots.visitors), proposed, proposing, marking, unmarking, linking };
});

const { planted, proposed, proposing, marking, unmarking, linking } = measured;
const right = proposed.filter((visitor) => planted.has(visitor)).length;
const share = (part: number, of: number): string =>
  `${part} of ${of} (${((100 * part) / Math.max(1, of)).toFixed(1)} %)`;
const slowest = Math.max(marking, unmarking, linking);
publish(
  {
    section: `People, ${options.events} events of ${days} days`,
    columns: ['', 'measured'],
    rows: [
      ['bots proposed that are planted (precision)', share(right, proposed.length)],
      ['planted bots that are proposed (recall)', share(right, planted.size)],
      ['proposing, seconds', proposing.toFixed(2)],
      [`marking ${proposed.length} bots, until a view without them has followed, seconds`, marking.toFixed(2)],
      ['withdrawing the marks, seconds', unmarking.toFixed(2)],
      [`linking ${proposed.length} visitors, seconds`, linking.toFixed(2)],
    ],
    verdicts: [
      { goal: 'S10', wanted: 'an identity fact <= 60 s', measured: `${slowest.toFixed(1)} s`, met: slowest <= 60 },
    ],
    notes: ['2 % of the events are those of crawlers; a crawler that came for less than 50 events is not looked for'],
    json: {
      bench: 'people',
      events: options.events,
      seed: options.seed,
      precision: rounded(right / Math.max(1, proposed.length)),
      recall: rounded(right / Math.max(1, planted.size)),
      seconds: rounded(slowest),
    },
  },
  options,
);
