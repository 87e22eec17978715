import { literalText } from '../core/sql-text.ts';
import { type Expression, literal } from '../view/expression.ts';

/**
 * A property of an event as text, found by the event's `seq`. Whoever does not ask for it does not read `raw_extra`. Text
 * that is no JSON to DuckDB, such as half a surrogate pair, has no properties.
 */
export function propertySql(name: string): string {
  const path = literalText(`$."${name}"`);
  return `(SELECT CASE WHEN json_valid(properties) THEN properties ->> ${path} END FROM (SELECT seq AS extra_seq, properties FROM raw_extra) WHERE extra_seq = seq)`;
}

function readsProperty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (value as { kind?: unknown }).kind === 'property' || Object.values(value).some(readsProperty);
}

/** A condition that holds wherever this one does and reads no property: what can be asked of an event before its properties are. */
export function withoutProperties(condition: Expression): Expression {
  if (!readsProperty(condition)) return condition;
  if (condition.kind !== 'all' && condition.kind !== 'any') return literal(true);
  return { kind: condition.kind, of: condition.of.map(withoutProperties) };
}
