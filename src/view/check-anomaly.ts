import type { AnomalyPart } from './anomaly-part.ts';
import { type Place, typeOf } from './check-expression.ts';
import type { Expression } from './expression.ts';
import { type InputType, inWords, isExactNumber } from './input-type.ts';
import type { AnomalyKind } from './kind.ts';
import type { ViewPlan } from './view.ts';

const MOST_DAYS = 366;
const MOST_PARTS = 12;

/** What a row of an anomaly view holds besides its fields: no field may have such a name. */
export const ANOMALY_STORED: readonly string[] = [
  'seq',
  'moment',
  'day',
  ...Array.from({ length: MOST_PARTS }, (_, i) =>
    ['of', 'among', 'strength', 'figure'].map((part) => `part${i + 1}_${part}`),
  ).flat(),
];

/** What is wrong with the numbers of an anomaly view, in words. */
export function anomalyProblems({ days, parts, threshold, unknown }: AnomalyKind): readonly string[] {
  const problems: string[] = [];
  if (!(Number.isSafeInteger(days) && days > 0 && days <= MOST_DAYS))
    problems.push(`days is not a whole number from 1 to ${MOST_DAYS}`);
  if (!(threshold > 0 && threshold <= 1)) problems.push('threshold is not above 0 and at most 1');
  if (unknown.trim() === '') problems.push('unknown is the reason of an event without a score: it is empty');
  if (parts.length === 0 || parts.length > MOST_PARTS)
    problems.push(`an anomaly view has from 1 to ${MOST_PARTS} parts`);
  if (parts.every(({ is }) => is === 'frequent'))
    problems.push('an anomaly view has a part that compares with the days before');
  return [...problems, ...parts.flatMap((part, i) => partProblems(part).map((problem) => `part ${i + 1}: ${problem}`))];
}

function partProblems(part: AnomalyPart): string[] {
  const problems: string[] = [];
  if (part.is !== 'unseen' && !(part.from >= 0 && part.to > part.from && Number.isFinite(part.to)))
    problems.push('from is not from 0 to below to');
  if (part.is === 'unusual') {
    if (!(Number.isSafeInteger(part.least) && part.least >= 2)) problems.push('least is not a whole number from 2 on');
    if (!(part.spread >= 0.001 && part.spread <= 10)) problems.push('spread is not from 0.001 to 10');
    const { missing = 1 } = part;
    if (!(Number.isSafeInteger(missing) && missing > 0)) problems.push('missing is not a whole number above 0');
    if (part.above.trim() === '' || part.below?.trim() === '') problems.push('a reason is empty');
  } else if (part.says.trim() === '') problems.push('the reason is empty');
  if (part.is === 'frequent' && !(Number.isSafeInteger(part.within) && part.within > 0))
    problems.push('within is not a whole number of microseconds above 0');
  return problems;
}

/** Tells what is wrong with what the parts are made of, in words. `place` is where their expressions stand. */
export function checkAnomaly(
  { parts }: AnomalyKind,
  place: (report: (problem: string) => void) => Place,
  add: (problem: string) => void,
): void {
  parts.forEach((part, i) => {
    const check = (what: 'of' | 'among', fits: (type: InputType) => boolean, wanted: string) => {
      const told = (problem: string) => add(`part ${i + 1}: ${what}: ${problem}`);
      const of: Expression = part[what];
      const type = typeOf(of, place(told));
      if (of.kind === 'literal') told('a literal is the same for every event');
      else if (type !== undefined && !fits(type)) told(`${wanted} is needed, not ${inWords[type]}`);
    };
    if (part.is === 'unusual') check('of', isExactNumber, 'money or a whole number');
    else if (part.is === 'unseen') check('of', (type) => type === 'symbol', 'text');
    else check('of', (type) => type !== 'list' && type !== 'double', 'one value');
    check('among', (type) => type === 'symbol' || type === 'id', 'text or an id');
  });
}

/** What is wrong with the columns of an anomaly view as a whole: by its id a row's event is found again. */
export function eventIdProblems({ kind, columns }: ViewPlan): readonly string[] {
  if (kind.kind !== 'anomaly') return [];
  const isId = columns.some(
    ({ value }) => value.role === 'field' && value.of.kind === 'column' && value.of.name === 'event_id',
  );
  return isId ? [] : ["an anomaly view has a field with the id of the event: field(event('event_id'))"];
}
