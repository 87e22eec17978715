import { FootfallError } from '../../core/errors/footfall-error.ts';
import { erasureKeyPath, readErasureKey } from '../../journal/erasure-key.ts';
import type { ErasureFact, FactLog } from '../../journal/fact-log.ts';
import { NOBODY, Tombstones } from './tombstones.ts';

/**
 * Who was erased, from the facts and the key beside them. What was given last and has not acted yet is among them.
 * @throws FootfallError `erase.key` when somebody was erased and the key is lost
 */
export function readTombstones(facts: FactLog): Tombstones {
  const erasures = facts.read().filter((fact): fact is ErasureFact => fact.kind === 'erasure');
  return erasures.length === 0 ? NOBODY : new Tombstones(keyOf(facts), erasures);
}

/** The people of one erasure alone. @throws FootfallError `erase.key` */
export const tombstonesOf = (facts: FactLog, fact: ErasureFact): Tombstones => new Tombstones(keyOf(facts), [fact]);

function keyOf({ folder }: FactLog): Buffer {
  const key = readErasureKey(folder);
  if (key === null) throw new FootfallError('erase.key', { path: erasureKeyPath(folder) });
  return key;
}
