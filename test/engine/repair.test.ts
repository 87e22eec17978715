import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import type { RepairRule } from '../../src/core/repair-rule.ts';
import { type Stream, streams } from '../oracle/arbitrary.ts';
import { type BrokenFile, brokenFile, loadFacts, pieces } from './broken-file.ts';
import { differences, expectedTables } from './differences.ts';
import { SEED, SOAK } from './soak.ts';
import { TestShop } from './test-shop.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const RULE: RepairRule = [
  { do: 'rename', field: 'typ', to: 'event_type' },
  { do: 'cast', field: 'event_time', as: 'day-first' },
  { do: 'cast', field: 'price', as: 'decimal-comma' },
];

interface Case {
  readonly stream: Stream;
  readonly broken: readonly number[];
  readonly cuts: readonly number[];
  /** After which piece a repair is made, rows are closed, and everything is closed by end. */
  readonly repairAfter: number;
  readonly finalizeAfter: number;
  readonly endAfter: number;
  readonly undoFirst: 'first' | 'second';
  readonly reopen: boolean;
}

const cases = (): fc.Arbitrary<Case> =>
  fc.record({
    stream: streams({ maxEvents: 32 }),
    broken: fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
    cuts: fc.array(fc.nat(1000), { maxLength: 4 }),
    repairAfter: fc.nat(5),
    finalizeAfter: fc.nat(5),
    endAfter: fc.nat(8),
    undoFirst: fc.constantFrom('first', 'second'),
    reopen: fc.boolean(),
  });

async function verified(shop: TestShop): Promise<void> {
  const { equal, waiting, views, raw } = await shop.verify();
  expect([equal, views.filter(({ differences: n }) => n > 0), raw]).toMatchObject([true, [], { differences: 0 }]);
  // Before the first event that was right, nothing is closed.
  if (shop.shop.ingest.watermark !== null) expect(waiting).toBe(0);
}

/** Compares all tables with the oracle's, and raw with what came in. */
async function holds(shop: TestShop, stream: Stream, events: readonly CanonicalEvent[]): Promise<void> {
  expect(differences(expectedTables(events, stream.facts, stream.settings), await shop.tables())).toEqual([]);
  await verified(shop);
  expect(shop.shop.ingest.events).toBe(events.length);
}

const isRefused = async (shop: TestShop): Promise<boolean> =>
  Number((await shop.rows('SELECT count(*) AS n FROM quarantine WHERE repaired IS NULL'))[0]?.['n']) > 0;

async function play({ stream, broken, cuts, ...when }: Case): Promise<void> {
  const file: BrokenFile = brokenFile(stream.events, broken);
  const shop = await TestShop.open({ zone: stream.settings.zone });
  folders.push(shop.folder);
  await loadFacts(shop, stream.facts);
  const repairs: number[] = [];
  const repair = async (): Promise<void> => {
    if (!(await isRefused(shop))) return;
    const { repair: number, rows } = await shop.repair(RULE);
    expect(rows).toBeGreaterThan(0);
    repairs.push(number);
  };
  let repaired: readonly CanonicalEvent[] = [];
  for (const [index, piece] of pieces(file, cuts).entries()) {
    await shop.takeIn(piece);
    if (index === when.finalizeAfter) await shop.finalize();
    if (index === when.endAfter) await shop.finalize(true);
    if (index !== when.repairAfter) continue;
    await repair();
    repaired = file.refused.filter(({ position }) => position < piece.end).map(({ event }) => event);
    await verified(shop);
  }
  await shop.finalize(true);
  await holds(shop, stream, [...file.good, ...repaired]);
  await repair();
  await holds(shop, stream, file.all);
  if (file.refused.length === 0) return shop.leave();
  await expect(shop.repair(RULE)).rejects.toMatchObject({ code: 'repair.nothing' });

  for (const number of when.undoFirst === 'first' ? repairs : [...repairs].reverse()) {
    await shop.undo(number);
    if (when.reopen) await shop.reopen();
    await verified(shop);
    await expect(shop.undo(number)).rejects.toMatchObject({ code: 'repair.unknown' });
  }
  await holds(shop, stream, file.good);
  await shop.repair(RULE);
  await holds(shop, stream, file.all);
  await shop.leave();

  const folder = mkdtempSync(join(tmpdir(), 'footfall-repair-'));
  folders.push(folder);
  cpSync(shop.folder, folder, {
    recursive: true,
    filter: (path) => !path.startsWith(join(shop.folder, 'footfall.duckdb')),
  });
  const again = await TestShop.at(folder, { zone: stream.settings.zone });
  for (const piece of pieces(file, [])) await again.takeIn(piece);
  await again.finalize(true);
  await holds(again, stream, file.all);
  await again.leave();
}

test('repaired, the rows are those of a file that was right; taken back, those of one without them; made anew, the same', {
  timeout: 600_000,
}, async () => {
  await fc.assert(fc.asyncProperty(cases(), play), {
    numRuns: 2 * SOAK,
    seed: SEED,
    interruptAfterTimeLimit: 300_000 * SOAK,
  });
});
