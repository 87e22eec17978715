import type { Kind } from '../../view/kind.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { KindEngine } from './kind-engine.ts';
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
};

export const engineOf = (view: ViewPlan): KindEngine => KINDS[view.kind.kind];

/** Views made from events are closed before those made from their rows. */
export const CLOSING_ORDER: readonly Kind['kind'][] = ['window', 'match', 'session', 'rollup'];
