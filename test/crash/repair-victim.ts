/**
 * The process that gets killed between a repair and its taking back: reads a file with refused rows, repairs them, takes
 * that back, and repairs them again, going on from wherever the database and the facts stand.
 *
 * Arguments: folder, seed, and whether rows are closed by end before (`end`) or not (`open`).
 */
import fc from 'fast-check';
import type { RepairRule } from '../../src/core/repair-rule.ts';
import { brokenFile, pieces } from '../engine/broken-file.ts';
import { TestShop } from '../engine/test-shop.ts';
import { streams } from '../oracle/arbitrary.ts';

export const RULE: RepairRule = [
  { do: 'rename', field: 'typ', to: 'event_type' },
  { do: 'cast', field: 'event_time', as: 'day-first' },
  { do: 'cast', field: 'price', as: 'decimal-comma' },
];

/** The file of a seed: the same in every process. */
export function fileOf(seed: number) {
  const [stream] = fc.sample(
    streams({ maxEvents: 40 }).filter(({ events }) => events.length >= 12),
    { seed, numRuns: 1 },
  );
  if (stream === undefined) throw new Error('no stream');
  return { stream, file: brokenFile(stream.events, [0, 1, 2, 0, 3]) };
}

if (import.meta.main) {
  const [folder = '', seed = '0', closing = 'open'] = process.argv.slice(2);
  const { stream, file } = fileOf(Number(seed));
  const shop = await TestShop.at(folder, { zone: stream.settings.zone });
  const parts = pieces(file, [5, 11]);
  for (const piece of parts.slice(shop.shop.ingest.batch)) await shop.takeIn(piece);
  await shop.finalize(closing === 'end');
  if (shop.shop.factsApplied < 1) await shop.repair(RULE);
  if (shop.shop.factsApplied < 2) await shop.undo(1);
  if (shop.shop.factsApplied < 3) await shop.repair(RULE);
  await shop.finalize(true);
  await shop.leave();
}
