import { literalText } from '../core/sql-text.ts';
import type { Expression, Literal } from '../view/expression.ts';
import type { CompileContext, Scope } from './context.ts';
import type { Sql } from './dialect/dialect.ts';
import { humanSql } from './human.ts';
import { propertySql } from './property.ts';

type Compiler<K extends Expression['kind']> = (
  expression: Extract<Expression, { kind: K }>,
  scope: Scope,
  context: CompileContext,
) => Sql;

const boolean = (sql: string): Sql => ({ sql, type: 'boolean' });

/** A literal in the form of the value that it meets: the symbol's id for a symbol. */
function literalFor(value: Literal, met: Sql, context: CompileContext): string {
  if (typeof value === 'string') {
    return met.type === 'symbol' ? String(context.symbol(value)) : literalText(value);
  }
  return String(value);
}

const comparable = (value: Sql, context: CompileContext): string =>
  value.type === 'id' ? context.dialect.toText(value.sql) : value.sql;

/** One side of a comparison: conditions are set apart, since `a IS NULL = b IS NULL` means something else. */
const operand = (value: Sql, context: CompileContext): string =>
  value.type === 'boolean' ? `(${value.sql})` : comparable(value, context);

const compilers: { readonly [K in Expression['kind']]: Compiler<K> } = {
  column: ({ name }, scope) => scope(name),
  literal: ({ value }) =>
    typeof value === 'string'
      ? { sql: literalText(value), type: 'text' }
      : { sql: String(value), type: typeof value === 'boolean' ? 'boolean' : 'double' },
  compare({ op, left, right }, scope, context) {
    const a = compileExpression(left, scope, context);
    const b =
      right.kind === 'literal'
        ? literalFor(right.value, a, context)
        : operand(compileExpression(right, scope, context), context);
    return boolean(`${operand(a, context)} ${op} ${b}`);
  },
  among({ of, values }, scope, context) {
    const value = compileExpression(of, scope, context);
    const list = values.map((each) => literalFor(each, value, context));
    const sql = comparable(value, context);
    return boolean(list.length === 1 ? `${sql} = ${list[0]}` : `${sql} IN (${list.join(', ')})`);
  },
  all: ({ of }, scope, context) =>
    boolean(`(${of.map((each) => compileExpression(each, scope, context).sql).join(' AND ')})`),
  any: ({ of }, scope, context) =>
    boolean(`(${of.map((each) => compileExpression(each, scope, context).sql).join(' OR ')})`),
  // Two-valued: an unknown comparison is false, so its negation is true.
  not: ({ of }, scope, context) => boolean(`NOT coalesce(${compileExpression(of, scope, context).sql}, FALSE)`),
  missing: ({ of }, scope, context) => boolean(`${compileExpression(of, scope, context).sql} IS NULL`),
  calendar({ part, of }, scope, context) {
    const sql = context.dialect.calendarPart(part, compileExpression(of, scope, context).sql, context.zone);
    return { sql, type: part === 'month' ? 'text' : 'integer' };
  },
  band({ of, bounds, above, missing }, scope, context) {
    const { sql } = compileExpression(of, scope, context);
    const arms = bounds.map(([bound, label]) => `WHEN ${sql} < ${bound} THEN ${literalText(label)}`);
    return {
      sql: `CASE WHEN ${sql} IS NULL THEN ${literalText(missing)} ${arms.join(' ')} ELSE ${literalText(above)} END`,
      type: 'text',
    };
  },
  rename({ of, names }, scope, context) {
    const value = compileExpression(of, scope, context);
    const arms = Object.entries(names).map(
      ([from, to]) => `WHEN ${literalFor(from, value, context)} THEN ${literalFor(to, value, context)}`,
    );
    return { sql: `CASE ${value.sql} ${arms.join(' ')} ELSE ${value.sql} END`, type: value.type };
  },
  either({ of }, scope, context) {
    const values = of.map((each) => compileExpression(each, scope, context));
    return { sql: `coalesce(${values.map(({ sql }) => sql).join(', ')})`, type: values[0]?.type ?? 'text' };
  },
  elapsed({ from, to }, scope, context) {
    const sql = context.dialect.elapsed(
      compileExpression(from, scope, context).sql,
      compileExpression(to, scope, context).sql,
    );
    return { sql, type: 'integer' };
  },
  human: (_, __, context) => boolean(humanSql(context)),
  property: ({ name }) => ({ sql: propertySql(name), type: 'text' }),
  dimension: ({ dimension, name }) => ({ sql: `${dimension}_dimension."${name}"`, type: 'text' }),
};

/** SQL for an expression over the columns that `scope` knows. */
export function compileExpression(expression: Expression, scope: Scope, context: CompileContext): Sql {
  const compiler = compilers[expression.kind] as Compiler<Expression['kind']>;
  return compiler(expression as never, scope, context);
}

/** A condition as SQL, or `TRUE` where there is none. */
export const compileWhere = (where: Expression | undefined, scope: Scope, context: CompileContext): string =>
  where === undefined ? 'TRUE' : compileExpression(where, scope, context).sql;
