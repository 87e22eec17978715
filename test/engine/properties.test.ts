import { expect, test } from 'vitest';
import { anomalyScripts, anomalyStreams } from './anomaly-scripts.ts';
import { cartScripts, cartStreams } from './cart-scripts.ts';
import { REGRESSIONS } from './regressions.ts';
import { perform, type Script } from './script.ts';
import { countScripts, journeyScripts, loadScripts, reloadScripts, tickScripts } from './scripts.ts';
import { performAll } from './soak.ts';

const timeout = 12 * 3_600_000;
const HOUR = 3_600_000_000;

test('in any order, cut anywhere, doubled, opened anew, closed by end and gone on: the oracle’s rows', {
  timeout,
}, async () => {
  await performAll(journeyScripts(), 3);
});

test('events without ids are all distinct, whatever happens on the way', { timeout }, async () => {
  await performAll(journeyScripts({ ids: false }), 2);
});

test('under the policy drop, late events are in no table', { timeout }, async () => {
  const scripts = journeyScripts().map(
    (script) => ({ ...script, settings: { ...script.settings, late: 'drop' } }) as const,
  );
  await performAll(scripts, 2);
});

test('what happened longer ago than history is sealed: later events of then, loads among them, are in no table', {
  timeout,
}, async () => {
  const sealing = (hours: number) => (script: Script) =>
    ({ ...script, settings: { ...script.settings, history: hours * HOUR } }) as const;
  await performAll(journeyScripts().map(sealing(1)), 1);
  await performAll(loadScripts().map(sealing(3)), 1);
});

test('a dimension loaded again restates what was closed', { timeout }, async () => {
  await performAll(reloadScripts(), 2);
});

test('counts of any time, loaded at any time, put stock and its alerts right', { timeout }, async () => {
  await performAll(countScripts(), 3);
});

test('history loaded into a shop that is ahead ends in the same rows', { timeout }, async () => {
  await performAll(loadScripts(), 3);
});

test('time that goes on while live sources are silent decides when rows are final, never what they say', {
  timeout,
}, async () => {
  await performAll(tickScripts(), 2);
});

test('carts that are left, emptied, bought, come back, and are recovered elsewhere: live, late and loaded', {
  timeout,
}, async () => {
  await performAll(cartScripts(), 2);
  await performAll(loadScripts(cartStreams()), 1);
});

test('purchases judged by the days before them: live, late, loaded, and when the catalogue puts them elsewhere', {
  timeout,
}, async () => {
  await performAll(anomalyScripts(), 2);
  await performAll(loadScripts(anomalyStreams()), 1);
});

test.each(REGRESSIONS)('once wrong: $name', { timeout: 60_000 }, async ({ script }) => {
  expect(await perform(script)).toEqual([]);
});
