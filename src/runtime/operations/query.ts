import { z } from 'zod';
import { PROVENANCE } from '../../compile/present.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type Reader, withReader } from '../../engine/read.ts';
import type { Session } from '../../store/session.ts';
import type { Json } from '../../store/value.ts';
import type { ViewPlan } from '../../view/view.ts';
import { checkColumn, findView } from '../find-view.ts';
import type { OpenShop } from '../open-shop.ts';
import { type Emit, operation } from '../operation.ts';
import { parseInstant } from '../parse-instant.ts';
import { selectStatement, statementFailure } from './select-statement.ts';

const input = z.union([
  z.object({ sql: z.string(), limit: z.int().min(0).optional() }),
  z.object({
    view: z.string(),
    columns: z.array(z.string()).optional(),
    /** On the view's time, from (inclusive) and to (exclusive). */
    from: z.string().optional(),
    to: z.string().optional(),
    /** Columns, a `-` in front for descending. */
    order: z.array(z.string()).optional(),
    limit: z.int().min(0).optional(),
    /** Final rows only. */
    final: z.boolean().optional(),
  }),
]);

export type QueryInput = z.infer<typeof input>;
export type ViewInput = Extract<QueryInput, { view: string }>;

export interface QueryColumn {
  readonly name: string;
  /** DuckDB's name of the type. */
  readonly type: string;
}

export type QueryPart = { readonly columns: readonly QueryColumn[] } | { readonly rows: readonly (readonly Json[])[] };

/**
 * Rows of a view or of a SELECT over the views, streamed: columns first, then rows in blocks. Whoever asks on a
 * connection of their own holds up nobody while they are slow.
 */
export const query = operation<QueryInput, QueryPart, { readonly rows: number }>({
  input,
  streams: true,
  run: (open, asked, emit) => ('sql' in asked ? ofSql(open, asked.sql, asked.limit, emit) : ofView(open, asked, emit)),
});

/** On a connection of its own: what people write may take long, and panels must not wait for it. */
async function ofSql({ shop }: OpenShop, sql: string, limit: number | undefined, emit: Emit<QueryPart>) {
  return withReader(shop, (reader) =>
    reader.ask([], async ({ database, prepare }) => {
      const statement = await selectStatement(database, sql, shop.views);
      await prepare(statement.reads);
      try {
        return await stream(database, statement.sql, limit ?? Number.POSITIVE_INFINITY, emit);
      } catch (error) {
        throw statementFailure(error, sql);
      }
    }),
  );
}

/** So many rows are sent at once: the reader that panels share may answer. */
const A_PANEL = 1_000;

async function ofView({ shop, reader }: OpenShop, asked: Extract<QueryInput, { view: string }>, emit: Emit<QueryPart>) {
  const view = findView(shop, asked.view);
  const answer = (from: Reader) =>
    from.ask([view], ({ database }) => stream(database, viewSql(view, asked), Number.POSITIVE_INFINITY, emit));
  return asked.limit !== undefined && asked.limit <= A_PANEL ? answer(reader) : withReader(shop, answer);
}

/** @throws FootfallError `view.column_unknown`, `cli.usage` for a time that is none */
export function viewSql(view: ViewPlan, asked: Omit<Extract<QueryInput, { view: string }>, 'view'>): string {
  const columns = columnsOf(view, asked);
  const conditions = conditionsOf(view, asked);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const limit = asked.limit === undefined ? '' : ` LIMIT ${asked.limit}`;
  return `SELECT ${columns.map((name) => `"${name}"`).join(', ')} FROM ${view.name}${where} ORDER BY ${order(view, asked.order, columnsOf(view, {}))}${limit}`;
}

/** The columns asked for; all where none are. @throws FootfallError `view.column_unknown` */
export function columnsOf(view: ViewPlan, asked: Pick<ViewInput, 'columns'>): readonly string[] {
  const known = [...view.columns.map(({ name }) => name), ...PROVENANCE];
  const columns = asked.columns ?? known;
  for (const column of columns) checkColumn(view, column, known);
  return columns;
}

/** @throws FootfallError `cli.usage` for a time that is none, or for a view without time */
export function conditionsOf(view: ViewPlan, asked: Pick<ViewInput, 'from' | 'to' | 'final'>): readonly string[] {
  const time = timeColumn(view);
  const conditions: string[] = [];
  const bound = (text: string | undefined, comparison: string, option: string) => {
    if (text === undefined) return;
    if (time === undefined)
      throw new FootfallError('cli.usage', {
        reason: `${option} does not fit: view ${view.name} has no time`,
        command: 'query',
      });
    conditions.push(`"${time}" ${comparison} make_timestamp(${parseInstant(text, option)})`);
  };
  bound(asked.from, '>=', '--from');
  bound(asked.to, '<', '--to');
  if (asked.final === true) conditions.push('is_final');
  return conditions;
}

/** As asked; else by time and then by what tells the rows apart, so that the same rows come in the same order. */
function order(view: ViewPlan, asked: readonly string[] | undefined, known: readonly string[]): string {
  if (asked === undefined) {
    const time = timeColumn(view);
    const rest = view.columns.filter(
      ({ name, value }) =>
        name !== time && (value.role === 'key' || value.role === 'session' || value.role === 'window'),
    );
    const names = [...(time === undefined ? [] : [time]), ...rest.map(({ name }) => name)];
    return names.length === 0 ? 'ALL' : names.map((name) => `"${name}"`).join(', ');
  }
  return asked
    .map((each) => {
      const name = each.replace(/^[-+]/, '');
      checkColumn(view, name, known);
      return `"${name}"${each.startsWith('-') ? ' DESC NULLS LAST' : ''}`;
    })
    .join(', ');
}

/** The column that places a row in time: where its window or session starts, or when the event happened. */
export function timeColumn(view: ViewPlan): string | undefined {
  const found = view.columns.find(
    ({ value }) =>
      (value.role === 'window' && value.edge === 'start') ||
      (value.role === 'session' && value.part === 'start') ||
      (value.role === 'field' && value.of.kind === 'column' && value.of.name === 'event_time'),
  );
  return found?.name;
}

async function stream(database: Session, sql: string, limit: number, emit: Emit<QueryPart>): Promise<{ rows: number }> {
  const { columns, blocks } = await database.stream(sql);
  await emit({ columns });
  let rows = 0;
  for await (const block of blocks) {
    const wanted = block.slice(0, limit - rows);
    if (wanted.length > 0) await emit({ rows: wanted });
    rows += wanted.length;
    if (rows >= limit) break;
  }
  return { rows };
}
