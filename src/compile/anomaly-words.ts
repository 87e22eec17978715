import { literalText } from '../core/sql-text.ts';
import type { AnomalyColumn } from '../view/anomaly-part.ts';
import type { ViewPlan } from '../view/view.ts';
import { anomalyKind, type PartColumns, partColumns } from './anomaly-parts.ts';
import { type CompileContext, eventScope } from './context.ts';
import type { Sql } from './dialect/dialect.ts';
import { compileExpression } from './expression.ts';

/** SQL of what an anomaly view says of an event, over its stored columns. */
export function anomalyColumn(part: AnomalyColumn, view: ViewPlan, context: CompileContext): Sql {
  if (part === 'reasons') return { sql: reasons(view, context), type: 'texts' };
  const score = scoreSql(view, context);
  return part === 'score'
    ? { sql: score, type: 'double' }
    : { sql: `coalesce(${score} >= ${anomalyKind(view).threshold}, FALSE)`, type: 'boolean' };
}

/** A score needs something to compare with; how often somebody comes is no comparison. */
const hasScore = (view: ViewPlan): string =>
  `coalesce(${[
    ...partColumns(view)
      .filter(({ part }) => part.is !== 'frequent')
      .map(({ strength }) => strength),
    'NULL',
  ].join(', ')}) IS NOT NULL`;

/** 1 - product(1 - part), to four decimals. */
function scoreSql(view: ViewPlan, { dialect }: CompileContext): string {
  const rests = partColumns(view).map(
    ({ strength }) => `${dialect.toDouble(`(10000 - coalesce(${strength}, 0))`)} / ${dialect.toDouble('10000')}`,
  );
  const product = rests.reduce((all, rest) => `(${all}) * (${rest})`);
  return `CASE WHEN ${hasScore(view)} THEN round(1 - (${product}), 4) END`;
}

function reasons(view: ViewPlan, context: CompileContext): string {
  const unknown = `CASE WHEN NOT (${hasScore(view)}) THEN ${literalText(anomalyKind(view).unknown)} END`;
  const said = partColumns(view).map((each) => `CASE WHEN ${each.strength} > 0 THEN ${reasonOf(each, context)} END`);
  return context.dialect.presentOf([unknown, ...said]);
}

function reasonOf({ part, of, among, figure }: PartColumns, context: CompileContext): string {
  const named = (column: string, source: typeof part.of): string => {
    const { type } = compileExpression(source, eventScope(context), context);
    return type === 'symbol' ? `(SELECT text FROM symbol WHERE id = ${column})` : context.dialect.toText(column);
  };
  if (part.is !== 'unusual')
    return filled(
      part.says,
      context.dialect.toText(figure),
      named(...(part.is === 'unseen' ? ([of, part.of] as const) : ([among, part.among] as const))),
    );
  const times = context.dialect.timesInWords(figure);
  const group = named(among, part.among);
  const above = filled(part.above, times, group);
  return part.below === undefined
    ? above
    : `CASE WHEN ${figure} >= 0 THEN ${above} ELSE ${filled(part.below, times, group)} END`;
}

/** A sentence with a number for `{n}` and a name for `{}`. */
function filled(sentence: string, number: string, name: string): string {
  const pieces = sentence.split(/(\{n?\})/).filter((piece) => piece !== '');
  const sql = pieces.map((piece) => (piece === '{n}' ? number : piece === '{}' ? name : literalText(piece)));
  return sql.join(' || ');
}
