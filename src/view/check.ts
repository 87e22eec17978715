import { FootfallError } from '../core/errors/footfall-error.ts';
import { checkAbsence } from './check-absence.ts';
import { checkAnomaly } from './check-anomaly.ts';
import { checkColumn, eventPlace, missingColumns, parentPlace } from './check-columns.ts';
import { checkCondition } from './check-expression.ts';
import { kindProblems } from './check-kind.ts';
import { checkLedger, episodePlace } from './check-ledger.ts';
import { checkMatch, matchPlace } from './check-match.ts';
import { viewNameProblem } from './check-names.ts';
import { declaredAt } from './declared-at.ts';
import type { ViewPlan } from './view.ts';

/**
 * Checks that a view can mean something. What depends on the parent of a rollup waits for `checkCatalog`.
 *
 * @throws FootfallError `view.compile` with all that is wrong, each with its column, and the line that declares it
 */
export function checkView(view: ViewPlan, where?: string): void {
  refuse(view, viewProblems(view), where);
}

/** @throws FootfallError `view.compile` unless there are no problems */
export function refuse(view: ViewPlan, problems: readonly string[], where = declaredAt(new Error().stack)): void {
  if (problems.length === 0) return;
  const params = { view: view.name, reason: [...new Set(problems)].join('; ') };
  throw new FootfallError('view.compile', params, where === undefined ? {} : { where });
}

/** All that is wrong with a view, in words, each with its column. `parent` is what a rollup reads, once it is known. */
export function viewProblems(view: ViewPlan, parent?: ViewPlan): readonly string[] {
  const problems: string[] = [];
  const add = (problem: string) => problems.push(problem);
  const place = (report: (problem: string) => void) => {
    if (view.kind.kind === 'rollup') return parentPlace(parent, report);
    return view.kind.kind === 'episode' ? episodePlace(parent, report) : eventPlace(view.kind.kind, report);
  };
  const name = viewNameProblem(view.name);
  if (name !== null) add(name);
  if (view.label.trim() === '' || view.description.trim() === '') add('a view has a label and a description');
  kindProblems(view.kind).forEach(add);
  if (view.where !== undefined)
    checkCondition(
      view.where,
      place((problem) => add(`where: ${problem}`)),
    );
  if (view.kind.kind === 'match') checkMatch(view.kind, place, add);
  if (view.kind.kind === 'absence') checkAbsence(view.kind, place, add);
  if (view.kind.kind === 'anomaly') checkAnomaly(view.kind, place, add);
  if (view.kind.kind === 'ledger') checkLedger(view.kind, place, add);
  missingColumns(view).forEach(add);
  view.columns.forEach((column, i) => {
    const told = (problem: string) => add(`column ${column.name}: ${problem}`);
    if (view.columns.findIndex((each) => each.name === column.name) < i) told('the name is there twice');
    checkColumn(view, column, view.kind.kind === 'match' ? matchPlace(column, place(told)) : place(told));
  });
  return problems;
}
