import { matchRows } from '../../compile/match.ts';
import { windowed } from './window.ts';

/** Windows over events with how many others followed each. Slice: the window; what follows may lie after its end. */
export const matches = windowed(matchRows);
