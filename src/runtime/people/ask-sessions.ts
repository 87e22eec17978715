import { visibleRows } from '../../engine/kinds/live-table.ts';
import type { Reading } from '../../engine/read.ts';
import type { Touch } from '../../journey/question.ts';
import { JOURNEYS, type Source } from '../../journey/scope.ts';
import { type SessionChoice, STEPS } from '../../journey/sessions.ts';
import { sourceFor } from '../../journey/source.ts';
import type { ViewPlan } from '../../view/view.ts';
import { findView } from '../find-view.ts';

/** The sessions of a committed state, with the people that they belong to. */
export interface AskedSessions {
  readonly view: ViewPlan;
  readonly source: Source;
}

/** @throws FootfallError `view.unknown` where the shop keeps no journeys */
export async function askSessions(reading: Reading, { touches = {} }: SessionChoice = {}): Promise<AskedSessions> {
  const view = findView(reading, JOURNEYS);
  await reading.prepare([view]);
  const named = Object.entries(touches).map(([touch, value]) => ({
    touch: touch as Touch,
    which: 'first' as const,
    values: [value, ...Object.values(STEPS)],
  }));
  // The texts of the question become the ids that events have for them.
  const where =
    named.length > 0 ? named : [{ touch: 'channel' as const, which: 'first' as const, values: Object.values(STEPS) }];
  const { database, context } = reading;
  const source = await sourceFor(database, { relation: visibleRows(view), context }, { where });
  return { view, source };
}
