import { createHash } from 'node:crypto';
import { columnsRead, type Expression } from '../view/expression.ts';
import type { Measure } from '../view/measure.ts';
import { type CompileContext, type IdWidth, idWidth, type Scope } from './context.ts';
import type { Sql, ValueType } from './dialect/dialect.ts';
import { compileExpression } from './expression.ts';
import { listOf } from './in-order.ts';

/**
 * Measures are stored as exact states (counts, sums, sums of squares), and averages and rates are made from them
 * when read (semantics, "Kinds"): so every published double is one formula over exact numbers, and measures share
 * states.
 */
export interface StateSpec {
  readonly fn:
    | 'count'
    | 'present'
    | 'sum'
    | 'squares'
    | 'min'
    | 'max'
    | 'distinct'
    | 'list'
    | 'sequence'
    | 'quantile'
    | 'first'
    | 'last';
  readonly of?: Expression;
  readonly where?: Expression;
  readonly p?: number;
}

/** A stored column of a result table, and how a group of events makes it. */
export interface StateColumn {
  readonly name: string;
  readonly type: ValueType;
  /** Of ids. */
  readonly width?: IdWidth;
  /** Aggregate over the group; absent where the state is made from the list of its events in order. */
  readonly aggregate?: string;
  /** What is stored, made from the aggregate's result, which is named like the column. */
  readonly finish: string;
}

const withWhere = (where: Expression | undefined) => (where === undefined ? {} : { where });

/** The states that a measure is made from. */
export function statesOf(measure: Measure): readonly StateSpec[] {
  switch (measure.kind) {
    case 'count':
    case 'has':
      return [{ fn: 'count', ...withWhere(measure.where) }];
    case 'avg':
      return [specOf('sum', measure), specOf('present', measure)];
    case 'stddev':
      return [specOf('sum', measure), specOf('present', measure), specOf('squares', measure)];
    case 'quantile':
      return [{ ...specOf('quantile', measure), p: measure.p }];
    case 'plus':
      return [...statesOf(measure.left), ...statesOf(measure.right)];
    case 'ratio':
      return [...statesOf(measure.numerator), ...statesOf(measure.denominator)];
    default:
      return [specOf(measure.kind, measure)];
  }
}

function specOf(fn: StateSpec['fn'], { of, where }: { of: Expression; where?: Expression }): StateSpec {
  return { fn, of, ...withWhere(where) };
}

/** Stable, readable name: `sum_price`; a condition adds a short hash of itself. */
export function stateName({ fn, of, where, p }: StateSpec): string {
  const columns = of === undefined ? [] : [...new Set(columnsRead(of))];
  const plain = where === undefined && (of === undefined || of.kind === 'column') && p === undefined;
  const suffix = plain
    ? []
    : [
        createHash('sha256')
          .update(JSON.stringify([of, where, p]))
          .digest('hex')
          .slice(0, 6),
      ];
  return [fn, ...columns, ...suffix].join('_');
}

/** How states of long windows count distinct values: gathered lists are fastest but stay in memory. */
export type DistinctBy = 'list' | 'group';

export function stateColumn(
  spec: StateSpec,
  scope: Scope,
  context: CompileContext,
  by: DistinctBy,
  order: string,
): StateColumn {
  const { dialect } = context;
  const name = stateName(spec);
  const where = spec.where === undefined ? undefined : compileExpression(spec.where, scope, context).sql;
  const value = spec.of === undefined ? undefined : compileExpression(spec.of, scope, context);
  const plain = (type: ValueType, aggregate: string): StateColumn => ({ name, type, aggregate, finish: name });
  if (value === undefined) {
    return plain('integer', where === undefined ? 'count(*)' : dialect.countIf(where));
  }
  const input: Sql = where === undefined ? value : { ...value, sql: `CASE WHEN ${where} THEN ${value.sql} END` };
  switch (spec.fn) {
    case 'count':
    case 'present':
      return plain('integer', `count(${input.sql})`);
    case 'sum':
      return plain(value.type === 'money' ? 'money' : 'integer', dialect.sum(input));
    case 'squares':
      return plain('wide', dialect.sumOfSquares(input));
    case 'min':
    case 'max':
      return plain(value.type, `${spec.fn}(${input.sql})`);
    case 'distinct':
      return by === 'list'
        ? { name, type: 'integer', aggregate: dialect.gather(input.sql), finish: dialect.countDistinctOf(name) }
        : plain('integer', dialect.countDistinct(input.sql));
    case 'list':
      return { name, type: 'symbols', aggregate: dialect.gather(input.sql), finish: dialect.distinctOf(name) };
    case 'quantile':
      return plain(value.type, dialect.quantile(input.sql, spec.p ?? 0.5));
    case 'sequence':
      throw new Error(`${name} is made from the events in order`);
    case 'first':
    case 'last':
      return {
        ...plain(value.type, dialect.edge(spec.fn, input.sql, order)),
        ...(value.type === 'id' ? { width: idWidth(value.sql, context.widths) } : {}),
      };
  }
}

/** SQL of a measure over the stored states of a row, with its type. */
export function measureSql(measure: Measure, scope: Scope, context: CompileContext): Sql {
  const { dialect } = context;
  const [a, b, c] = statesOf(measure).map(stateName);
  const typeOf = (of: Expression): ValueType => compileExpression(of, scope, context).type;
  switch (measure.kind) {
    case 'count':
    case 'distinct':
      return { sql: `${a}`, type: 'integer' };
    case 'has':
      return { sql: `(${a} > 0)`, type: 'boolean' };
    case 'sum':
      return { sql: `${a}`, type: typeOf(measure.of) === 'money' ? 'money' : 'integer' };
    case 'avg': {
      const divisor = measure.unit === 1 ? dialect.toDouble(`${b}`) : `(${dialect.toDouble(`${b}`)} * ${measure.unit})`;
      return { sql: `CASE WHEN ${b} > 0 THEN ${dialect.toDouble(`${a}`)} / ${divisor} END`, type: 'double' };
    }
    case 'stddev':
      return {
        sql: dialect.stddev(
          `${b}`,
          { sql: `${a}`, type: typeOf(measure.of) === 'money' ? 'money' : 'integer' },
          `${c}`,
        ),
        type: 'double',
      };
    case 'list':
      return { sql: `${a}`, type: 'symbols' };
    case 'sequence':
      return { sql: `${a}`, type: listOf(typeOf(measure.of)) };
    case 'plus':
      return {
        sql: `(${measureSql(measure.left, scope, context).sql} + ${measureSql(measure.right, scope, context).sql})`,
        type: measureSql(measure.left, scope, context).type,
      };
    case 'ratio': {
      const top = measureSql(measure.numerator, scope, context).sql;
      const bottom = measureSql(measure.denominator, scope, context).sql;
      return {
        sql: `CASE WHEN ${bottom} <> 0 THEN ${dialect.toDouble(top)} / ${dialect.toDouble(bottom)} END`,
        type: 'double',
      };
    }
    default:
      return { sql: `${a}`, type: typeOf(measure.of) };
  }
}
