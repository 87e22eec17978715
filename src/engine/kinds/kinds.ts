import type { Kind } from '../../view/kind.ts';
import type { ViewPlan } from '../../view/view.ts';
import { absences } from './absence.ts';
import { anomalies } from './anomaly.ts';
import { episodes } from './episode.ts';
import type { KindEngine } from './kind-engine.ts';
import { ledgers } from './ledger.ts';
import { matches } from './match.ts';
import { projections } from './project.ts';
import { rollups } from './rollup.ts';
import { sessions } from './session.ts';
import { windows } from './window.ts';

const KINDS: Readonly<Record<Kind['kind'], KindEngine>> = {
  project: projections,
  window: windows,
  match: matches,
  session: sessions,
  rollup: rollups,
  absence: absences,
  ledger: ledgers,
  episode: episodes,
  anomaly: anomalies,
};

export const engineOf = (view: ViewPlan): KindEngine => KINDS[view.kind.kind];

/**
 * Views made from events are closed before those made from their rows. Episodes are made from the events that their ledger
 * is made from, and begin with its rows as they were.
 */
export const CLOSING_ORDER: readonly Kind['kind'][] = [
  'window',
  'match',
  'session',
  'rollup',
  'absence',
  'episode',
  'ledger',
  'anomaly',
];
