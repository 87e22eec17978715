/**
 * The process that gets killed: plays a scenario in a folder, from wherever the database stands.
 *
 * Arguments: folder, scenario, seed, and how many steps to take at most. Says where it begins as JSON on standard
 * output, and leaves with 0 when the scenario is done, 3 when there is more to do, 1 when a position is wrong.
 */
import { mkdirSync } from 'node:fs';
import { asSegments } from '../engine/differences.ts';
import { definitionsOf, type Step } from '../engine/script.ts';
import { TestShop } from '../engine/test-shop.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';

const [folder = '', name = 'everything', seed = '0', most = '1000000'] = process.argv.slice(2);
const { settings, every, live, steps } = SCENARIOS[name as ScenarioName](Number(seed));

mkdirSync(folder, { recursive: true });
const shop = await TestShop.at(folder, settings, every, 'applied');
if (live === true) shop.runWithTime();
const { ingest, final, facts } = shop.shop;
const recorded = facts.read().filter(({ kind }) => kind !== 'definitions').length;
// The first definitions that are recorded are those that the shop began with.
const applied = facts.read().filter(({ kind }) => kind === 'definitions').length - 1;
process.stdout.write(`${JSON.stringify([ingest.batch, final.epoch, recorded, applied])}\n`);

const isBatch = (step: Step) => step.do === 'give' || step.do === 'tick';
const isLoad = (step: Step) =>
  step.do === 'products' || step.do === 'users' || step.do === 'rates' || step.do === 'stock' || step.do === 'people';
const positions = new Map<string, number>();
let given = 0;
let loaded = 0;
let changed = 0;
let taken = 0;
for (const step of steps) {
  if (step.do === 'apply' && changed < applied) {
    changed += 1;
    continue;
  }
  if (isBatch(step) ? given < ingest.batch : isLoad(step) && loaded < recorded) {
    if (isBatch(step)) given += 1;
    else loaded += 1;
    if (step.do === 'give') for (const key of step.partitions ?? []) positions.set(key, (positions.get(key) ?? 0) + 1);
    continue;
  }
  if (taken === 0) comparePositions();
  if (taken === Number(most)) await leave(3);
  taken += 1;
  if (step.do === 'give') await shop.give(step.events, { partition: (i) => step.partitions?.[i] ?? 'p' });
  else if (step.do === 'tick') await shop.tick(step.by);
  else if (step.do === 'apply') await shop.apply(definitionsOf(step), step.most);
  else if (step.do === 'people') await shop.say(step.saying);
  else if (step.do === 'products') await shop.loadDimension('product', step.rows);
  else if (step.do === 'rates')
    await shop.loadDimension(
      'rates',
      step.rows.map((rate) => ({ ...rate })),
    );
  else if (step.do === 'stock')
    await shop.loadDimension(
      'stock',
      step.rows.map((count) => ({ ...count })),
    );
  else if (step.do === 'users') await shop.loadDimension('user', asSegments(step.rows));
  if (taken % 20 === 0) await shop.checkpoint();
}
await shop.finalize(true);
await leave(0);

/** What is stored must be just what the batches before held: nothing twice, nothing left out. */
function comparePositions(): void {
  for (const [key, position] of positions) {
    if (ingest.progress.get(key)?.position === position) continue;
    process.stderr.write(`${key}: ${ingest.progress.get(key)?.position} is stored, ${position} was given\n`);
    process.exit(1);
  }
}

async function leave(code: number): Promise<never> {
  await shop.leave();
  process.exit(code);
}
