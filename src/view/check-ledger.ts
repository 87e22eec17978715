import { didYouMean } from '../core/did-you-mean.ts';
import { checkCondition, type Place, typeOf } from './check-expression.ts';
import type { MeasurePlace } from './check-measure.ts';
import { inWords } from './input-type.ts';
import type { LedgerKind } from './kind.ts';
import { LEDGER_PARTS, ledgerPartType } from './ledger-part.ts';
import type { Measure } from './measure.ts';
import type { ColumnPlan, ViewPlan } from './view.ts';

/** What a row holds besides its own columns, by kind: no key may have such a name. */
export const BESIDE: Readonly<Record<'ledger' | 'episode', readonly string[]>> = {
  ledger: Object.keys(LEDGER_PARTS),
  episode: ['opened_at', 'closed_at', 'balance'],
};

/** Tells what is wrong with what moves a ledger, in words. `place` is where its expressions stand. */
export function checkLedger(
  { takes, adds, quantity }: LedgerKind,
  place: (report: (problem: string) => void) => Place,
  add: (problem: string) => void,
): void {
  checkCondition(
    takes,
    place((problem) => add(`takes: ${problem}`)),
  );
  checkCondition(
    adds,
    place((problem) => add(`adds: ${problem}`)),
  );
  const type = typeOf(
    quantity,
    place((problem) => add(`quantity: ${problem}`)),
  );
  if (quantity.kind === 'literal') add('quantity: a literal is the same for every event');
  else if (type !== undefined && type !== 'integer') add(`quantity: a whole number is needed, not ${inWords[type]}`);
}

/** Where the column of a ledger stands that is made of its parts. */
export const ledgerPlace = (place: MeasurePlace): MeasurePlace => ({
  ...place,
  properties: false,
  column(name) {
    const type = ledgerPartType(name);
    if (type === undefined) place.report(`a ledger has no part ${name}${didYouMean(name, Object.keys(LEDGER_PARTS))}`);
    return type;
  },
});

/** Where the key of an episode view stands: it is the key of its ledger. Without the ledger nothing is known of it. */
export const episodePlace = (ledger: ViewPlan | undefined, report: (problem: string) => void): MeasurePlace => ({
  ordered: false,
  short: false,
  properties: false,
  report,
  column(name) {
    if (ledger === undefined) return undefined;
    const key = ledger.columns.find(({ value }) => value.role === 'key')?.name;
    if (name !== key) report(`the key of episodes is that of their ledger: ${key}`);
    return 'symbol';
  },
});

/** Measures that new events can be added to: a ledger goes on from its row, without the events that made it. */
export function checkContinued(measure: Measure, place: Place): void {
  switch (measure.kind) {
    case 'plus':
      checkContinued(measure.left, place);
      checkContinued(measure.right, place);
      break;
    case 'ratio':
      checkContinued(measure.numerator, place);
      checkContinued(measure.denominator, place);
      break;
    case 'distinct':
    case 'list':
    case 'quantile':
    case 'sequence':
      place.report(`a ledger goes on from its rows, and ${measure.kind} needs all events again`);
  }
}

/** What is wrong with the columns of a ledger or of its episodes as a whole, in words. */
export function storyProblems({ kind, columns, where }: ViewPlan): readonly string[] {
  if (kind.kind !== 'ledger' && kind.kind !== 'episode') return [];
  const problems: string[] = [];
  const keys = columns.filter(({ value }: ColumnPlan) => value.role === 'key');
  if (keys.length !== 1) problems.push(`a view of the kind ${kind.kind} has one key`);
  if (keys.some(({ value }) => value.role === 'key' && value.of.kind !== 'column'))
    problems.push(`the key of a view of the kind ${kind.kind} is a column by itself`);
  if (kind.kind === 'ledger') return problems;
  if (where !== undefined) problems.push('its ledger says which events count: leave out where');
  if (!columns.some(({ value }) => value.role === 'episode' && value.part === 'opened_at'))
    problems.push('an episode view has a column with the start of the episode: opened_at');
  return problems;
}
