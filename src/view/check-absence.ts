import { ABSENCE_INPUTS } from './absence-part.ts';
import { checkCondition, type Place, typeOf } from './check-expression.ts';
import { inWords } from './input-type.ts';
import type { AbsenceKind } from './kind.ts';
import type { ColumnValue, ViewPlan } from './view.ts';

const CONDITIONS = ['adds', 'removes', 'recoveredBy'] as const;
const VALUES = ['item', 'quantity', 'price', 'amount'] as const;

/** Tells what is wrong with what fills, empties and recovers a cart, in words. `place` is where its expressions stand. */
export function checkAbsence(
  kind: AbsenceKind,
  place: (report: (problem: string) => void) => Place,
  add: (problem: string) => void,
): void {
  for (const name of CONDITIONS)
    checkCondition(
      kind[name],
      place((problem) => add(`${name}: ${problem}`)),
    );
  for (const name of VALUES) {
    const type = typeOf(
      kind[name],
      place((problem) => add(`${name}: ${problem}`)),
    );
    if (kind[name].kind === 'literal') add(`${name}: a literal is the same for every event`);
    else if (type !== undefined && type !== ABSENCE_INPUTS[name])
      add(`${name}: ${inWords[ABSENCE_INPUTS[name]]} is needed, not ${inWords[type]}`);
  }
  if (kind.item.kind !== 'column') add('item: a column by itself is needed: the pieces are published under its name');
}

/** What is wrong with the columns of an absence as a whole, in words: by these its events are found again. */
export function cartProblems({ kind, columns }: ViewPlan): readonly string[] {
  if (kind.kind !== 'absence') return [];
  const has = (test: (value: ColumnValue) => boolean) => columns.some(({ value }) => test(value));
  const problems: string[] = [];
  for (const part of ['id', 'visitor'] as const)
    if (!has((value) => value.role === 'session' && value.part === part))
      problems.push(`an absence view has a column with the session's ${part}`);
  for (const { name, value } of columns)
    if (value.role === 'session' && value.part !== 'id' && value.part !== 'visitor')
      problems.push(`column ${name}: of a session an absence view has the id and the visitor, not the ${value.part}`);
  return problems;
}
