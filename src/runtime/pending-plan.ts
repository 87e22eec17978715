import { compareDefinitions } from '../engine/definitions/compare.ts';
import type { Definitions } from '../engine/definitions/definitions.ts';

/** Names that are shown of many. */
const SHOWN = 3;

/**
 * One line that says which views are declared otherwise than they are in force; null where none are.
 * @example pendingPlan(shop.definitions, declared) // '1 view differs from what is applied (sales) and stays as it is: ...'
 */
export function pendingPlan(inForce: Definitions, declared: Definitions): string | null {
  const names = compareDefinitions(inForce, declared).views.map(({ view }) => view);
  if (names.length === 0) return null;
  const shown = names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ', ...' : '');
  const one = names.length === 1;
  const what = one ? '1 view differs' : `${names.length} views differ`;
  return `${what} from what is applied (${shown}) and ${one ? 'stays as it is' : 'stay as they are'}: footfall plan shows what would change, footfall apply puts it in force`;
}
