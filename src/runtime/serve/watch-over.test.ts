import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonical } from '../../../shop/vocabularies/canonical.ts';
import { loadConfig } from '../../config/config.ts';
import { JsonRequestParser } from '../../source/json-request.ts';
import { readLog } from '../../telemetry/read-log.ts';
import { JOURNAL } from '../collect/journal-source.ts';
import { shopOptions } from '../shop-options.ts';
import { openServing } from './serving.ts';
import { takeEvents } from './take-events.ts';
import { watchOver } from './watch-over.ts';

/** Of intake, longer than a slow machine takes to take in an event. */
const LIMITS = { intake: 3_000, closing: 100_000, journal: 100_000 };
const PATIENCE = { timeout: 20_000 };

test('events that wait while the engine stands make the server not ready, until it goes on', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-watch-'));
  const ending = new AsyncDisposableStack();
  ending.defer(async () => rmSync(folder, { recursive: true }));
  try {
    const { values: config } = await loadConfig({
      flags: { data: folder, catalog: 'daily_patterns' },
      env: {},
      folder,
    });
    const serving = await openServing(shopOptions(config), { config, ending, tell: () => undefined, people: false });
    const { open, readiness } = serving;
    const collector = await takeEvents(serving);
    const vitals = watchOver(serving, collector, LIMITS, 20);
    await expect.poll(() => readiness.reasons, PATIENCE).toEqual([]);
    const send = (id: string): Promise<unknown> =>
      collector.collect(new JsonRequestParser(canonical, JOURNAL), {
        body: Buffer.from(JSON.stringify({ event_id: id, event_time: new Date().toISOString(), event_type: 'view' })),
        arrival: Date.now() * 1000,
      });

    await send('a');
    await expect.poll(() => open.shop.ingest.events, PATIENCE).toBe(1);
    const told = () =>
      [...readLog(folder)]
        .filter(({ work }) => work !== undefined)
        .map(({ msg, work, waiting_rows }) => ({ msg, work, waiting_rows }));
    const before = told().length;
    const held = Promise.withResolvers<void>();
    const holding = open.shop.database.exclusively(() => held.promise);
    // It is on disk, and told so: that the engine stands is nobody's business who sends.
    await send('b');
    await expect.poll(() => readiness.reasons, PATIENCE).toEqual(['events wait, and none has been taken in for long']);
    expect(vitals().stalled.get('intake')).toBeGreaterThanOrEqual(LIMITS.intake);
    expect([...vitals().stalled.keys()]).toEqual(['intake']);
    expect(told().slice(before)).toEqual([{ msg: 'stalled', work: 'intake', waiting_rows: 1 }]);

    held.resolve();
    await holding;
    await expect.poll(() => readiness.reasons, PATIENCE).toEqual([]);
    await expect.poll(() => open.shop.ingest.events, PATIENCE).toBe(2);
    expect(told()[before + 1]).toEqual({ msg: 'goes on', work: 'intake', waiting_rows: 0 });
  } finally {
    await ending.disposeAsync();
  }
});
