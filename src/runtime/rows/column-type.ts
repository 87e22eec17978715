import type { CompileContext } from '../../compile/context.ts';
import type { ValueType } from '../../compile/dialect/dialect.ts';
import { published } from '../../compile/present.ts';
import type { ColumnPlan, ViewPlan } from '../../view/view.ts';

const WORDS: Readonly<Record<ValueType, string>> = {
  symbol: 'text',
  id: 'text',
  text: 'text',
  money: 'decimal',
  'wide money': 'decimal',
  integer: 'integer',
  wide: 'integer',
  double: 'double',
  time: 'timestamp',
  boolean: 'boolean',
  symbols: 'text[]',
  texts: 'text[]',
  'symbol[]': 'text[]',
  'money[]': 'decimal[]',
  'time[]': 'timestamp[]',
  'integer[]': 'integer[]',
  pieces: 'struct[]',
};

/** The type of a published column, in words that people and SQL share. */
export const columnType = (column: ColumnPlan, view: ViewPlan, context: CompileContext): string =>
  WORDS[published(column, view, context).type];
