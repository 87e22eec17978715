import type { HighWater } from '../store/control-database.ts';
import type { Database } from '../store/database.ts';
import { generationOf } from './protocol/generation.ts';
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
