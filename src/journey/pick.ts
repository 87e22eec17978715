import type { EventPick } from './question.ts';
import { type ListName, type Source, symbolSql } from './scope.ts';

/** Columns of one event, as `eventsSql` names them, by the list that they come from. */
export const EVENT: Readonly<Record<ListName, string>> = {
  times: 'happened',
  types: 'type',
  products: 'product',
  categories: 'category',
  brands: 'brand',
  amounts: 'amount',
};

const DIMENSIONS = ['types', 'products', 'categories', 'brands'] as const;

interface Condition {
  readonly list: ListName;
  readonly ids: readonly string[];
}

const conditionsOf = (pick: EventPick, source: Source): readonly Condition[] =>
  DIMENSIONS.flatMap((list) => {
    const values = pick[list];
    return values === undefined ? [] : [{ list, ids: values.map((value) => symbolSql(value, source)) }];
  });

/** The lists that a choice of events looks at. */
export const listsOf = (pick: EventPick): readonly ListName[] => DIMENSIONS.filter((list) => pick[list] !== undefined);

const among = (value: string, ids: readonly string[]): string =>
  ids.length === 1 ? `${value} = ${ids[0]}` : `${value} IN (${ids.length === 0 ? '-1' : ids.join(', ')})`;

/** Whether an event is chosen; `at` says how the element of a list is written. Never null. */
export function pickSql(
  pick: EventPick,
  source: Source,
  at: (list: ListName) => string = (list) => EVENT[list],
): string {
  const conditions = conditionsOf(pick, source).map(({ list, ids }) => among(at(list), ids));
  return conditions.length === 0 ? 'TRUE' : `coalesce(${conditions.join(' AND ')}, FALSE)`;
}

/** Whether a session, as lists, has a chosen event. Its events are looked at one by one only where each value is there. */
export function hasSql(pick: EventPick, source: Source): string {
  const conditions = conditionsOf(pick, source);
  if (conditions.length === 0) return 'TRUE';
  const present = conditions
    .map(({ list, ids }) =>
      ids.length === 1 ? `list_contains(${list}, ${ids[0]})` : `list_has_any(${list}, [${ids.join(', ')}]::INTEGER[])`,
    )
    .join(' AND ');
  if (conditions.length === 1) return present;
  const [{ list }] = conditions as [Condition];
  const together = pickSql(pick, source, (name) => (name === list ? 'x' : `${name}[i]`));
  return `CASE WHEN ${present} THEN list_bool_or(list_transform(${list}, lambda x, i: ${together})) ELSE FALSE END`;
}
