import type { CompileContext } from '../compile/context.ts';
import { rollupScope } from '../compile/rollup.ts';
import type { Scope, TouchOf } from './question.ts';

/** What the kernel reads and how: pure data and look-ups. */
export interface Source {
  /** Relation with the rows of journeys in stored form, final and live ones. */
  readonly relation: string;
  /** Whose a row is, and what orders rows that begin together. */
  readonly person: string;
  readonly session: string;
  readonly context: CompileContext;
  /** Id of a text; undefined for one that no event has. */
  readonly symbol: (text: string) => number | undefined;
}

/** Lists of a journey, one element an event. */
export type ListName = 'times' | 'types' | 'products' | 'categories' | 'brands' | 'amounts';

const COLUMN: Readonly<Record<ListName, string>> = {
  times: 'event_times',
  types: 'event_types',
  products: 'products',
  categories: 'categories',
  brands: 'brands',
  amounts: 'amounts',
};

/** Name of the view that the kernel counts. */
export const JOURNEYS = 'journeys';

export const touchSql = ({ touch, which }: TouchOf, { context }: Source): string =>
  rollupScope(JOURNEYS, context)(`${which}_${touch}`).sql;

/** An id that no text has, where a text is not known. */
export const symbolSql = (text: string, { symbol }: Source): string => String(symbol(text) ?? -1);

function whereSql({ from, to, where = [] }: Scope, source: Source): string {
  const { dialect } = source.context;
  const conditions = [
    ...(to === undefined ? [] : [`session_start < ${dialect.instant(to)}`]),
    ...(from === undefined ? [] : [`session_end >= ${dialect.instant(from)}`]),
    ...where.map((each) => {
      const column = touchSql(each, source);
      const named = each.values.flatMap((value) => (value === null ? [] : [symbolSql(value, source)]));
      const among = named.length === 0 ? [] : [`coalesce(${column} IN (${named.join(', ')}), FALSE)`];
      const none = each.values.includes(null) ? [`${column} IS NULL`] : [];
      return `(${[...among, ...none, ...(each.values.length === 0 ? ['FALSE'] : [])].join(' OR ')})`;
    }),
  ];
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

/**
 * The sessions with an event in the scope: person, session_id, session_start, the lists asked for cut to the events in
 * the range, and `touch` where one is asked for. Only sessions across an edge of the range are looked into.
 */
export function scopeSql(scope: Scope, lists: readonly ListName[], source: Source, touch?: TouchOf): string {
  const { from, to } = scope;
  const { dialect } = source.context;
  const column = (name: ListName): string => rollupScope(JOURNEYS, source.context)(COLUMN[name]).sql;
  const names = [...new Set(lists)];
  const kept = [
    `${source.person} AS person`,
    `${source.session} AS session_id`,
    'session_start',
    ...(touch === undefined ? [] : [`${touchSql(touch, source)} AS touch`]),
  ];
  const where = whereSql(scope, source);
  if (from === undefined && to === undefined)
    return `SELECT ${[...kept, ...names.map((name) => `${column(name)} AS ${name}`)].join(', ')} FROM ${source.relation}${where}`;
  const times = column('times');
  const before = (bound: number): string => `len(list_filter(${times}, lambda t: t < ${dialect.instant(bound)}))`;
  const first =
    from === undefined
      ? '1'
      : `CASE WHEN session_start >= ${dialect.instant(from)} THEN 1 ELSE 1 + ${before(from)} END`;
  const last =
    to === undefined
      ? `len(${times})`
      : `CASE WHEN session_end < ${dialect.instant(to)} THEN len(${times}) ELSE ${before(to)} END`;
  const cut = names.map(
    (name) =>
      `CASE WHEN a = 1 AND b = len(${column(name)}) THEN ${column(name)} ELSE ${column(name)}[a:b] END AS ${name}`,
  );
  return `SELECT ${[...kept, ...cut].join(', ')} FROM (SELECT *, ${first} AS a, ${last} AS b FROM ${source.relation}${where}) WHERE a <= b`;
}
