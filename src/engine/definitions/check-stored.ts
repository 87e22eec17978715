import { FootfallError } from '../../core/errors/footfall-error.ts';
import { checkCatalog } from '../../view/check-catalog.ts';
import { type Definitions, fingerprintOf } from './definitions.ts';

/**
 * Checks that this version can still make the rows of definitions that an earlier one has put in force. What is declared
 * now was checked as it was made.
 * @throws FootfallError `view.gone` for the first view that means nothing any more
 */
export function checkStored(stored: Definitions, declared: Definitions): void {
  const known = new Set(declared.views.map((view) => `${view.name}/${fingerprintOf(view, declared)}`));
  const older = stored.views.find((view) => !known.has(`${view.name}/${fingerprintOf(view, stored)}`));
  if (older === undefined) return;
  try {
    checkCatalog(stored.views);
  } catch (cause) {
    const reason = cause instanceof FootfallError ? cause.message : `its kind ${older.kind.kind} is unknown`;
    throw new FootfallError('view.gone', { view: older.name, reason }, { cause });
  }
}
