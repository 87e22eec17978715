import { checkCondition, type Place, typeOf } from './check-expression.ts';
import type { MeasurePlace } from './check-measure.ts';
import { inWords, MATCHED } from './input-type.ts';
import type { MatchKind } from './kind.ts';
import type { ColumnPlan } from './view.ts';

/** Tells what is wrong with what follows the events of a match, in words. `place` is where its expressions stand. */
export function checkMatch(
  { followedBy, on }: MatchKind,
  place: (report: (problem: string) => void) => Place,
  add: (problem: string) => void,
): void {
  checkCondition(
    followedBy,
    place((problem) => add(`followedBy: ${problem}`)),
  );
  const at = place((problem) => add(`on: ${problem}`));
  for (const each of on) {
    const type = typeOf(each, at);
    if (each.kind === 'literal') at.report('a literal is the same for every event');
    if (type === 'double' || type === 'list') at.report(`nothing has ${inWords[type]} in common`);
  }
}

/** Where a column of a match stands: its measures also read how many others followed an event. */
export const matchPlace = ({ value }: ColumnPlan, place: MeasurePlace): MeasurePlace => ({
  ...place,
  column(name) {
    if (name !== MATCHED) return place.column(name);
    if (value.role === 'measure') return 'integer';
    place.report(`${MATCHED} is only known to measures`);
    return undefined;
  },
});
