import { didYouMean } from '../core/did-you-mean.ts';
import { cartProblems } from './check-absence.ts';
import { ANOMALY_STORED, eventIdProblems } from './check-anomaly.ts';
import { type Place, typeOf } from './check-expression.ts';
import { BESIDE, checkContinued, ledgerPlace, storyProblems } from './check-ledger.ts';
import { type MeasurePlace, measureType } from './check-measure.ts';
import { columnNameProblem } from './check-names.ts';
import type { InputType } from './input-type.ts';
import { EVENT_INPUTS, inWords, sessionPartType } from './input-type.ts';
import type { Kind } from './kind.ts';
import type { ColumnPlan, ColumnValue, ViewPlan } from './view.ts';

/** The roles that a column of each kind may have. */
const ROLES: Readonly<Record<Kind['kind'], readonly ColumnValue['role'][]>> = {
  project: ['field', 'arrival'],
  window: ['window', 'month', 'key', 'measure'],
  match: ['window', 'key', 'measure'],
  session: ['session', 'elapsed', 'measure'],
  rollup: ['window', 'key', 'measure'],
  absence: ['session', 'absence'],
  ledger: ['key', 'ledger', 'field', 'measure'],
  episode: ['key', 'episode'],
  anomaly: ['field', 'anomaly'],
};

/** Event columns as a stored view reads them: the wide ones are kept apart, and only a projection shows them. */
export function eventPlace(kind: Kind['kind'], report: (problem: string) => void): MeasurePlace {
  return {
    ordered: true,
    properties: true,
    short: kind === 'session',
    report,
    column(name) {
      const input = EVENT_INPUTS.get(name);
      if (input === undefined) report(`there is no event column ${name}${didYouMean(name, EVENT_INPUTS.keys())}`);
      else if (input.wide)
        report(`${name} is kept apart from what views count: it can only be a field of a projection, by itself`);
      else return input.type;
      return undefined;
    },
  };
}

/** Columns of the view that a rollup reads: those with exact values. Without the parent nothing is known of them. */
export function parentPlace(parent: ViewPlan | undefined, report: (problem: string) => void): MeasurePlace {
  return {
    ordered: false,
    properties: false,
    short: false,
    report,
    column(name) {
      if (parent === undefined) return undefined;
      const names = parent.columns.map((each) => each.name);
      const column = parent.columns.find((each) => each.name === name);
      if (column !== undefined) return exactType(column, report);
      report(`${parent.name} has no column ${name}${didYouMean(name, names)}`);
      return undefined;
    },
  };
}

function exactType({ name, value }: ColumnPlan, report: (problem: string) => void): InputType | undefined {
  const silent: MeasurePlace = { ...eventPlace('session', () => {}) };
  const type =
    value.role === 'measure'
      ? measureType(value.measure, silent)
      : value.role === 'session'
        ? sessionPartType(value.part)
        : null;
  if (type === undefined) return undefined;
  if (type !== null && type !== 'double' && type !== 'list') return type;
  const what = type === null ? 'made when it is read' : inWords[type];
  report(`a rollup reads exact values, and ${name} is ${what}: read what it is made from`);
  return undefined;
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** What is wrong with one column of a view, in words. `place` is where its expressions stand. */
export function checkColumn({ kind }: ViewPlan, column: ColumnPlan, place: MeasurePlace): void {
  const { name, value, label, description, unit } = column;
  const isStored = value.role === 'key' || (kind.kind !== 'project' && value.role === 'field');
  const problem = columnNameProblem(name, isStored, besideOf(kind));
  if (problem !== null) place.report(problem);
  if (label.trim() === '' || description.trim() === '') place.report('a column has a label and a description');
  if (unit?.trim() === '') place.report('the unit is empty: leave it out');
  if (!ROLES[kind.kind].includes(value.role)) {
    place.report(
      `${withArticle(kind.kind)} view has columns of the roles ${ROLES[kind.kind].join(', ')}, not ${value.role}`,
    );
    return;
  }
  if (value.role === 'measure') measureType(value.measure, place);
  if (value.role === 'measure' && kind.kind === 'ledger') checkContinued(value.measure, place);
  if (value.role === 'key') checkKey(value, place, kind.kind === 'ledger');
  if (value.role === 'ledger') typeOf(value.of, ledgerPlace(place));
  if (value.role === 'field') checkField(value, place, kind.kind);
  if (value.role === 'elapsed' && !(Number.isSafeInteger(value.unit) && value.unit > 0))
    place.report('the unit of a duration is a whole number of microseconds above 0');
}

function checkKey({ of }: Extract<ColumnValue, { role: 'key' }>, place: Place, counted: boolean): void {
  if (of.kind === 'literal') place.report('a key that is a literal is the same for every row');
  const type = typeOf(of, place);
  if (type === 'double' || type === 'list') place.report(`${inWords[type]} cannot be a key`);
  else if (counted && type !== undefined && type !== 'symbol')
    place.report(`what is counted is known by text of few distinct values, not by ${inWords[type]}`);
}

/** What a row holds besides its own columns. */
function besideOf({ kind }: Kind): readonly string[] {
  if (kind === 'anomaly') return ANOMALY_STORED;
  return kind === 'ledger' || kind === 'episode' ? BESIDE[kind] : [];
}

function checkField({ of }: Extract<ColumnValue, { role: 'field' }>, place: Place, kind: Kind['kind']): void {
  if (kind === 'anomaly') {
    const type = typeOf(of, place);
    if (type === 'list') place.report('a field of an anomaly view has one value');
    return;
  }
  const ofKey = kind === 'ledger';
  // By themselves, dimension columns and wide event columns are joined in when the projection is read.
  if (of.kind === 'dimension') {
    const type = of.otherwise === undefined ? 'text' : EVENT_INPUTS.get(of.otherwise)?.type;
    if (ofKey && type !== undefined && type !== 'text' && type !== 'symbol')
      place.report(`${of.otherwise} cannot stand in for text: it is ${inWords[type]}`);
    return;
  }
  if (ofKey) place.report("a field of a ledger is a column of its key's dimension: product('name')");
  if (of.kind === 'column' && EVENT_INPUTS.get(of.name)?.wide === true) return;
  typeOf(of, place);
}

/** What a view of its kind lacks, in words: by these columns the events of a row are found again. */
export function missingColumns(view: ViewPlan): readonly string[] {
  const { kind, columns } = view;
  const has = (test: (value: ColumnValue) => boolean) => columns.some(({ value }) => test(value));
  const problems: string[] = [];
  if (columns.length === 0) problems.push('a view has at least one column');
  if ('windowing' in kind) {
    for (const [edge, builder] of [
      ['start', 'windowStart()'],
      ['end', 'windowEnd()'],
    ] as const)
      if (!has((value) => value.role === 'window' && value.edge === edge))
        problems.push(`a ${kind.kind} view has a column with the ${edge} of the window: window_${edge}: ${builder}`);
    if (!has(({ role }) => role === 'measure')) problems.push(`a ${kind.kind} view has at least one measure`);
  }
  if (kind.kind === 'session') {
    const lacks = (part: string) => !has((value) => value.role === 'session' && value.part === part);
    if (lacks('id')) problems.push("a session view has a column with the session's id");
    if (lacks('start')) problems.push("a session view has a column with the session's start");
    if (lacks('end') && !has(({ role }) => role === 'elapsed'))
      problems.push("a session view has a column with the session's end or its duration");
    if (kind.byVisitor && lacks('visitor')) problems.push('a session view by visitor has a column with the visitor');
  }
  return [...problems, ...cartProblems(view), ...storyProblems(view), ...eventIdProblems(view)];
}
