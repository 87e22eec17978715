import { ledgerRows } from '../../compile/ledger.ts';
import { stories } from './story.ts';

/** What there is of each key. Slice: the key. */
export const ledgers = stories({ rows: ledgerRows, goingOn: 'TRUE' });
