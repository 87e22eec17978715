import { closest, didYouMean } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { TypedColumn } from './view-columns.ts';
import { instantIn, isTime } from './zoned-time.ts';

export const FILTER_OPS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'contains', 'starts', 'null'] as const;
type FilterOp = (typeof FILTER_OPS)[number];

const COMPARISON: Readonly<Partial<Record<FilterOp, string>>> = {
  eq: '=',
  ne: 'IS DISTINCT FROM',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};
const NUMBER = /^-?\d{1,18}(\.\d{1,9})?$/;
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL|DOUBLE|FLOAT)/;

/** What filters are read against: the view, its columns with their types, and the zone of times that name none. */
export interface FilterScope {
  readonly view: string;
  readonly columns: readonly TypedColumn[];
  readonly zone: string;
}

/**
 * The condition that a filter `COLUMN:OP:VALUE` means. `ne` is all that `eq` is not; no other one holds for null. Texts
 * are compared by their bytes.
 *
 * @throws FootfallError `view.column_unknown`, `query.filter`
 * @example filterSql('brand:in:Acme,Zeta', scope) // `"brand" IN ('Acme', 'Zeta')`
 */
export function filterSql(text: string, scope: FilterScope): string {
  const [, name = '', op = '', value] = /^([^:]*):([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const fail = (reason: string): never => {
    throw new FootfallError('query.filter', { filter: text, view: scope.view, reason });
  };
  if (op === '') return fail('it is not of the form COLUMN:OP:VALUE');
  const column = scope.columns.find((each) => each.name === name);
  if (column === undefined) {
    const known = scope.columns.map((each) => each.name);
    throw new FootfallError('view.column_unknown', {
      view: scope.view,
      column: name,
      suggestion: didYouMean(name, known),
    });
  }
  if (!isOp(op)) {
    const meant = closest(op, FILTER_OPS);
    return fail(
      `there is no ${op}: ${meant === null ? `it is one of ${FILTER_OPS.join(', ')}` : `did you mean ${meant}?`}`,
    );
  }
  if (op === 'null') {
    if (value !== undefined && value !== 'true' && value !== 'false') return fail('null takes true, false or nothing');
    return `"${name}" IS ${value === 'false' ? 'NOT ' : ''}NULL`;
  }
  if (value === undefined) return fail(`${op} needs a value`);
  const literal = (each: string): string => literalOf(each, column, scope.zone, fail);
  if (column.type.endsWith('[]'))
    return op === 'contains' && column.type === 'VARCHAR[]'
      ? `list_contains("${name}", ${literalText(value)})`
      : fail(`${name} is a list: it takes ${column.type === 'VARCHAR[]' ? 'contains and null' : 'null alone'}`);
  if (op === 'contains' || op === 'starts') {
    if (column.type !== 'VARCHAR') return fail(`${name} is no text`);
    return `${op === 'contains' ? 'contains' : 'starts_with'}("${name}", ${literalText(value)})`;
  }
  if (op === 'in') return `"${name}" IN (${valuesOf(value, fail).map(literal).join(', ')})`;
  return `"${name}" ${COMPARISON[op]} ${literal(value)}`;
}

const isOp = (text: string): text is FilterOp => (FILTER_OPS as readonly string[]).includes(text);

/** With commas between them, or as a JSON array where a value has a comma of its own. */
function valuesOf(text: string, fail: (reason: string) => never): readonly string[] {
  if (!text.startsWith('[')) return text.split(',');
  try {
    const values: unknown = JSON.parse(text);
    if (Array.isArray(values) && values.length > 0) return values.map(String);
  } catch {
    // Told below.
  }
  return fail('in takes values with commas between them, or a JSON array of at least one');
}

function literalOf(text: string, { name, type }: TypedColumn, zone: string, fail: (reason: string) => never): string {
  if (type === 'VARCHAR') return literalText(text);
  if (NUMERIC.test(type)) {
    if (!NUMBER.test(text)) return fail(`${name} is a number, and ${text} is none`);
    return type === 'DOUBLE' || type === 'FLOAT' ? `${text}::DOUBLE` : text;
  }
  if (type === 'BOOLEAN') return text === 'true' || text === 'false' ? text : fail(`${name} is true or false`);
  if (!isTime(type)) return fail(`${name} takes null alone`);
  return `make_timestamp(${instantIn(text, name, zone)})`;
}
