import type { IdWidth } from '../compile/context.ts';
import { visitorWidth } from '../compile/context.ts';
import { published } from '../compile/present.ts';
import { rollupScope } from '../compile/rollup.ts';
import { literalText } from '../core/sql-text.ts';
import type { EpochMicros } from '../core/time.ts';
import { TOUCHES, type Touch } from './question.ts';
import { JOURNEYS, type Source, symbolSql, touchSql } from './scope.ts';

/** What a session may have to be found by. */
export const STEPS = { view: 'view', cart: 'cart_add', purchase: 'purchase' } as const;
export type Step = keyof typeof STEPS;

/** Which sessions; all that is given has to hold. */
export interface SessionChoice {
  /** On the start of the session, from (inclusive) and to (exclusive). */
  readonly from?: EpochMicros;
  readonly to?: EpochMicros;
  readonly has?: readonly Step[];
  readonly hasNot?: readonly Step[];
  /** As the first event says it that has one; null: no event has. */
  readonly touches?: Readonly<Partial<Record<Touch, string | null>>>;
  /** True: may still go on. */
  readonly live?: boolean;
  /** As published: of events without a session id it is made from visitor and start. */
  readonly session?: string;
  readonly visitor?: string;
  readonly person?: string;
}

const MADE = /^~(.*)~(\d+)$/s;

/**
 * Sessions, a row each: `session_id`, `visitor`, `person` as texts, `session_start`, `session_end`, `duration_seconds`,
 * numbers of `events`, `views`, `cart_adds` and `purchases`, `revenue`, where the visitor came from, and `is_final`.
 */
export function sessionsSql(choice: SessionChoice, source: Source): string {
  const { context, relation, person } = source;
  const column = rollupScope(JOURNEYS, context);
  const view = context.views.get(JOURNEYS);
  const id = view?.columns.find(({ value }) => value.role === 'session' && value.part === 'id');
  if (view === undefined || id === undefined) throw new Error('journeys do not say whose they are');
  const types = column('event_types').sql;
  const of = (type: string): string => `len(list_filter(${types}, lambda t: t = ${symbolSql(type, source)}))`;
  const paid = `list_transform(${types}, lambda t, i: CASE WHEN t = ${symbolSql('purchase', source)} THEN ${column('amounts').sql}[i] END)`;
  const columns = [
    `${published(id, view, context).sql} AS session_id`,
    'visitor::VARCHAR AS visitor',
    `${person}::VARCHAR AS person`,
    'session_start',
    'session_end',
    '(epoch_us(session_end) - epoch_us(session_start))::DOUBLE / 1000000 AS duration_seconds',
    `len(${types}) AS events`,
    `${of('view')} AS views`,
    `${of('cart_add')} AS cart_adds`,
    `${of('purchase')} AS purchases`,
    `coalesce(list_sum(${paid}), 0)::DECIMAL(18,4) AS revenue`,
    ...TOUCHES.map(
      (touch) => `(SELECT text FROM symbol WHERE id = ${touchSql({ touch, which: 'first' }, source)}) AS ${touch}`,
    ),
    'is_final',
  ];
  const where = conditionsOf(choice, source, (step) => `list_contains(${types}, ${symbolSql(STEPS[step], source)})`);
  return `SELECT ${columns.join(', ')} FROM ${relation}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`;
}

function conditionsOf(choice: SessionChoice, source: Source, has: (step: Step) => string): readonly string[] {
  const { context, person } = source;
  const { from, to, live, session, visitor } = choice;
  const { dialect, widths } = context;
  return [
    ...(from === undefined ? [] : [`session_start >= ${dialect.instant(from)}`]),
    ...(to === undefined ? [] : [`session_start < ${dialect.instant(to)}`]),
    ...(choice.has ?? []).map(has),
    ...(choice.hasNot ?? []).map((step) => `NOT ${has(step)}`),
    ...Object.entries(choice.touches ?? {}).map(([touch, value]) => {
      const sql = touchSql({ touch: touch as Touch, which: 'first' }, source);
      return value === null ? `${sql} IS NULL` : `${sql} = ${symbolSql(value, source)}`;
    }),
    ...(live === undefined ? [] : [live ? 'NOT is_final' : 'is_final']),
    ...(session === undefined ? [] : [sessionIs(session, source)]),
    ...(visitor === undefined ? [] : [isId('visitor', visitorWidth(widths), visitor)]),
    ...(choice.person === undefined ? [] : [`${person}::VARCHAR = ${literalText(choice.person)}`]),
  ];
}

function sessionIs(text: string, { context }: Source): string {
  const { widths, dialect } = context;
  const given = isId('session_id', widths.session_id, text);
  const [, visitor, start] = MADE.exec(text) ?? [];
  if (visitor === undefined || !Number.isSafeInteger(Number(start))) return given;
  const made = `session_id IS NULL AND ${isId('visitor', visitorWidth(widths), visitor)} AND ${dialect.micros('session_start')} = ${start}`;
  return `(${given} OR (${made}))`;
}

/** Ids are compared as they are held: a text that is written otherwise than they are is none of them. */
function isId(column: string, width: IdWidth, text: string): string {
  const literal = literalText(text);
  if (width === 'VARCHAR') return `${column} = ${literal}`;
  const held = `TRY_CAST(${literal} AS ${width})`;
  return `(${column} = ${held} AND ${held}::VARCHAR = ${literal})`;
}
