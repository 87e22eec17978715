import type { HighWater } from '../store/control-database.ts';
import type { Database } from '../store/database.ts';
import { generationOf } from './protocol/generation.ts';
import type { Shop } from './shop.ts';
import { loadSetting, saveSetting } from './state.ts';

/**
 * Settles which generation a database goes on in, at `epoch`, and stores it there. The mark follows it: a process that
 * dies between the two leaves a mark behind the database, and the same is found again.
 */
export async function settleGeneration(database: Database, epoch: number, highWater: HighWater): Promise<number> {
  const stored = await loadSetting(database, 'generation');
  const found = stored === undefined ? null : Number(stored);
  const generation = generationOf({ generation: found, epoch }, highWater.read());
  if (generation !== found) await database.transaction(() => saveSetting(database, 'generation', String(generation)));
  return generation;
}

/**
 * Begins the next generation: whoever holds rows of the one before forgets them. For when former images were dropped.
 * Caller holds the database exclusively.
 */
export async function beginGeneration(shop: Shop): Promise<void> {
  const next = shop.generation + 1;
  await shop.database.transaction(() => saveSetting(shop.database, 'generation', String(next)));
  shop.generation = next;
  shop.noteHighWater();
}
