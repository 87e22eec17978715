import type { AnomalyPart } from '../view/anomaly-part.ts';
import type { AnomalyKind } from '../view/kind.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import { type CompileContext, eventScope } from './context.ts';
import type { ValueType } from './dialect/dialect.ts';
import { compileExpression } from './expression.ts';

export const anomalyKind = ({ name, kind }: ViewPlan): AnomalyKind => {
  if (kind.kind !== 'anomaly') throw new Error(`${name} is no anomaly view`);
  return kind;
};

/** What a part's comparison is made of, in stored form: names of columns. */
export interface PartColumns {
  readonly part: AnomalyPart;
  readonly of: string;
  readonly among: string;
  readonly strength: string;
  readonly figure: string;
}

export const partColumns = (view: ViewPlan): readonly PartColumns[] =>
  anomalyKind(view).parts.map((part, i) => ({
    part,
    of: `part${i + 1}_of`,
    among: `part${i + 1}_among`,
    strength: `part${i + 1}_strength`,
    figure: `part${i + 1}_figure`,
  }));

/** A column of a row, made from an event. */
export interface Input {
  readonly name: string;
  readonly sql: string;
  readonly type: ValueType;
}

/** The parts of a view as columns over raw: a number by its logarithm, in whole thousandths. */
export function partInputs(view: ViewPlan, context: CompileContext): readonly Input[] {
  const events = eventScope(context);
  return partColumns(view).flatMap(({ part, of, among }) => {
    const value = compileExpression(part.of, events, context);
    const group = compileExpression(part.among, events, context);
    const given =
      part.is === 'unusual' && part.missing !== undefined
        ? { ...value, sql: `coalesce(${value.sql}, ${part.missing})` }
        : value;
    return [
      { name: among, ...group },
      part.is === 'unusual'
        ? { name: of, sql: context.dialect.logarithm(given), type: 'integer' as const }
        : { name: of, ...value },
    ];
  });
}

const fieldsOf = ({ columns }: ViewPlan): readonly ColumnPlan[] =>
  columns.filter(({ value }) => value.role === 'field');

/** What the view shows of an event as it is. */
export const fieldInputs = (view: ViewPlan, context: CompileContext): readonly Input[] =>
  fieldsOf(view).flatMap(({ name, value }) =>
    value.role === 'field' ? [{ name, ...compileExpression(value.of, eventScope(context), context) }] : [],
  );
