import { readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userSessionAnalytics as sessionsWith } from '../../shop/views/journey/user-session-analytics.ts';
import { EVENT_COLUMNS } from '../core/event.ts';
import { hours, minutes } from '../core/time.ts';
import { ABSENCE_PARTS } from '../view/absence-part.ts';
import { ANOMALY_COLUMNS, frequent, unseen, unusual } from '../view/anomaly-part.ts';
import { viewProblems } from '../view/check.ts';
import {
  absence,
  absencePart,
  anomaly,
  anomalyPart,
  field,
  key,
  ledger,
  match,
  rollup,
  session,
  sessionPart,
  window,
  windowEnd,
  windowStart,
  words,
} from '../view/columns.ts';
import {
  any,
  type EventInput,
  type Expression,
  equals,
  event,
  type Literal,
  product,
  property,
  type,
} from '../view/expression.ts';
import { calendar, type Kind, sliding, tumbling } from '../view/kind.ts';
import { LEDGER_PARTS } from '../view/ledger-part.ts';
import { count, type Measure } from '../view/measure.ts';
import { type ColumnValue, type ViewDeclaration, type ViewPlan, view } from '../view/view.ts';
import { absenceRows, slicesIn } from './absence.ts';
import { anomalyEvents, anomalyRows, storedHistory } from './anomaly.ts';
import { restate } from './change.ts';
import type { CompileContext } from './context.ts';
import { duckdb } from './dialect/duckdb/duckdb.ts';
import { episodeRows } from './episode.ts';
import { resultTable } from './layout.ts';
import { ledgerRows } from './ledger.ts';
import { matchRows } from './match.ts';
import { liveRows, present, projected, storedRows } from './present.ts';
import { RAW_OPTIONAL, rawType, rawView } from './raw.ts';
import { keyColumn, STRANDS, sessionRows, strandEvents } from './session.ts';
import { createTables, dropTables } from './tables.ts';
import { rollupRows, type WindowScope, windowRows } from './window.ts';

/** Whatever the checks let through must compile to SQL that DuckDB runs, over rows with and without values. */

const userSessionAnalytics = sessionsWith(minutes(30));
let connection: DuckDBConnection;
const run = async (sql: string): Promise<void> => {
  await connection.run(sql).catch((cause: unknown) => {
    throw new Error(`${String(cause)}\n${sql}`, { cause });
  });
};

const symbols = new Map<string, number>();
const context: CompileContext = {
  dialect: duckdb,
  zone: 'Europe/Berlin',
  widths: { user_id: 'BIGINT', anonymous_id: 'BIGINT', session_id: 'UUID' },
  symbol: (text) => symbols.get(text) ?? (symbols.set(text, symbols.size + 1).get(text) as number),
  orphans: true,
  views: new Map([[userSessionAnalytics.name, userSessionAnalytics]]),
};

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await run(readFileSync(new URL('../store/migrations/001-foundation.sql', import.meta.url), 'utf8'));
  for (const name of RAW_OPTIONAL)
    await run(`ALTER TABLE raw_event ADD COLUMN ${name} ${rawType(name, context.widths)}`);
  await run(rawView(RAW_OPTIONAL, context.widths));
  await run("INSERT INTO symbol VALUES (1, 'a'), (2, 'b')");
  await run("INSERT INTO partition VALUES (1, 'p')");
  await run("INSERT INTO batch BY NAME SELECT 1 AS batch, TIMESTAMP '2020-01-01' AS arrival");
  const given = `1 AS event_type, 1 AS product_id, 2 AS brand, 2 AS category, 1 AS category_name, 12.34 AS price, 2 AS quantity, 24.68 AS amount, 'o1' AS order_id, 7 AS user_id, uuid() AS session_id`;
  for (const values of [
    given,
    '1 AS event_type',
    '2 AS event_type, 8 AS user_id, 5 AS price',
    `1 AS event_type, uuid() AS session_id`,
  ])
    await run(
      `INSERT INTO raw_event BY NAME SELECT s AS seq, 1 AS batch, 1 AS part, s AS position, TIMESTAMP '2020-01-01 00:10:00' + s * INTERVAL 40 MINUTE AS event_time, FALSE AS late, ${values} FROM range(3) t(s)`,
    );
  await run(
    "INSERT INTO raw_extra BY NAME SELECT 1 AS seq, 'n' AS product_name, 1 AS coupon, '{\"restocked\":true}' AS properties",
  );
  for (const sql of createTables(userSessionAnalytics, context)) await run(sql);
  for (const strand of STRANDS) {
    const rows = sessionRows(
      userSessionAnalytics,
      strand,
      strandEvents(userSessionAnalytics, strand, context),
      context,
    );
    await run(`INSERT INTO ${resultTable(userSessionAnalytics)} BY NAME FROM (${rows})`);
  }
});
afterAll(() => connection.closeSync());

const parentColumns = userSessionAnalytics.columns.map(({ name }) => name);
const eventColumns = [...EVENT_COLUMNS.map(({ name }) => name), 'visitor', 'category_name'];
const literals: fc.Arbitrary<Literal> = fc.constantFrom<Literal[]>('a', "it's", '2020-01-01', 0, 12.5, -3, true);

const expressionOf = (columns: readonly string[]): fc.Arbitrary<Expression> =>
  fc.letrec<{ any: Expression; column: Expression }>((tie) => ({
    column: fc.constantFrom(...columns).map((name) => ({ kind: 'column', name })),
    any: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      { arbitrary: tie('column'), weight: 6 },
      {
        arbitrary: fc.record({
          kind: fc.constant('compare' as const),
          op: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
          left: tie('any'),
          right: fc.oneof(
            tie('any'),
            literals.map((value): Expression => ({ kind: 'literal', value })),
          ),
        }),
        weight: 3,
      },
      {
        arbitrary: fc.record({
          kind: fc.constant('among' as const),
          of: tie('any'),
          values: fc.array(literals, { maxLength: 2 }),
        }),
        weight: 2,
      },
      {
        arbitrary: fc.record({ kind: fc.constantFrom('all', 'any'), of: fc.array(tie('any'), { maxLength: 2 }) }),
        weight: 1,
      },
      { arbitrary: fc.record({ kind: fc.constantFrom('not', 'missing'), of: tie('any') }), weight: 2 },
      {
        arbitrary: fc.record({
          kind: fc.constant('either' as const),
          of: fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
        }),
        weight: 1,
      },
      {
        arbitrary: fc.record({
          kind: fc.constant('calendar' as const),
          part: fc.constantFrom('hour', 'weekday', 'month'),
          of: tie('any'),
        }),
        weight: 2,
      },
      {
        arbitrary: tie('any').map(
          (of): Expression => ({
            kind: 'band',
            of,
            bounds: [
              [1, 'low'],
              [20.5, "mid'"],
            ],
            above: 'high',
            missing: '?',
          }),
        ),
        weight: 1,
      },
      {
        arbitrary: tie('any').map((of): Expression => ({ kind: 'rename', of, names: { a: 'b', "x'": 'y' } })),
        weight: 1,
      },
      {
        arbitrary: fc.record({ kind: fc.constant('elapsed' as const), from: tie('column'), to: tie('column') }),
        weight: 1,
      },
      { arbitrary: fc.constantFrom('x', "it's", 'a b').map(property), weight: 1 },
      { arbitrary: fc.constant<Expression>({ kind: 'dimension', dimension: 'product', name: 'x' }), weight: 1 },
      { arbitrary: literals.map((value): Expression => ({ kind: 'literal', value })), weight: 1 },
    ) as fc.Arbitrary<Expression>,
  })).any;

const measureOf = (expression: fc.Arbitrary<Expression>): fc.Arbitrary<Measure> => {
  const where = fc.option(expression, { nil: undefined });
  const filtered = <M extends object>(arbitrary: fc.Arbitrary<M>) =>
    fc
      .tuple(arbitrary, where)
      .map(([measure, filter]) => (filter === undefined ? measure : { ...measure, where: filter }));
  return fc.letrec<{ any: Measure }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 2 },
      filtered(fc.constant({ kind: 'count' as const })),
      filtered(
        fc.record({
          kind: fc.constantFrom('sum', 'min', 'max', 'stddev', 'distinct', 'list', 'first', 'last'),
          of: expression,
        }),
      ),
      expression.map((each) => ({ kind: 'sequence' as const, of: each })),
      filtered(fc.record({ kind: fc.constant('avg' as const), of: expression, unit: fc.constantFrom(1, 60e6) })),
      filtered(fc.record({ kind: fc.constant('quantile' as const), of: expression, p: fc.constantFrom(0.5, 0.99, 1) })),
      expression.map((each) => ({ kind: 'has' as const, where: each })),
      fc.record({ kind: fc.constant('plus' as const), left: tie('any'), right: tie('any') }),
      fc.record({
        kind: fc.constant('ratio' as const),
        numerator: tie('any'),
        denominator: tie('any'),
        per: fc.constant('x'),
      }),
    ) as fc.Arbitrary<Measure>,
  })).any;
};

const said = words('Label', 'Description');
const sessions = {
  id: sessionPart('id', said),
  visitor: sessionPart('visitor', said),
  start: sessionPart('start', said),
  end: sessionPart('end', said),
};
const windows = {
  window_start: windowStart(),
  window_end: windowEnd(),
  events: { ...said, value: { role: 'measure' as const, measure: count() } },
};

/** A declaration of just those columns that the checks accept. */
function accepted(
  kind: Kind,
  base: ViewDeclaration['columns'],
  values: readonly ColumnValue[],
  where: Expression | undefined,
): ViewPlan | null {
  const parent = kind.kind === 'rollup' ? userSessionAnalytics : undefined;
  const plan = (columns: ViewDeclaration['columns'], filter?: Expression) => ({
    name: 'own_view',
    kit: 'shop' as const,
    ...said,
    kind,
    ...(filter === undefined ? {} : { where: filter }),
    columns,
  });
  const fine = (declaration: ReturnType<typeof plan>) =>
    viewProblems(
      {
        ...declaration,
        fingerprint: '',
        columns: Object.entries(declaration.columns).map(([name, column]) => ({ name, ...column })),
      },
      parent,
    ).length === 0;
  const columns = Object.fromEntries(
    values
      .map((value, i) => [`c${i}`, { ...said, value }] as const)
      .filter(([name, column]) => fine(plan({ ...base, [name]: column }))),
  );
  const all = { ...base, ...columns };
  const filter = where !== undefined && Object.keys(all).length > 0 && fine(plan(all, where)) ? where : undefined;
  return Object.keys(all).length === 0 ? null : view(plan(all, filter));
}

const whole = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
/** Keys to look at. */
const keys = '(SELECT 1 AS k)';
const span = { start: Date.UTC(2020, 0, 1) * 1000, end: Date.UTC(2020, 0, 2) * 1000 };

function rowsOf(plan: ViewPlan): readonly string[] {
  const scope: WindowScope =
    'windowing' in plan.kind && plan.kind.windowing.shape === 'calendar'
      ? { by: 'windows', windows: [span] }
      : { by: 'starts', span };
  switch (plan.kind.kind) {
    case 'project':
      return [];
    case 'window':
      return [windowRows(plan, scope, context)];
    case 'match':
      return [matchRows(plan, scope, context)];
    case 'rollup':
      return [rollupRows(plan, scope, resultTable(userSessionAnalytics), context)];
    case 'absence':
      return STRANDS.flatMap((strand) =>
        [{ span: whole }, { span, keys: `(SELECT ${keyColumn(strand)} AS k FROM ${resultTable(plan)})` }].map((of) => {
          const slices = `(${slicesIn(plan, strand, of, context)})`;
          return absenceRows(plan, strand, slices, of.span, span.end, context);
        }),
      );
    case 'anomaly': {
      const scored = anomalyEvents(plan, whole, null, context);
      const days = [{ utc: 18262, start: span.start, end: span.end, day: 18262 }];
      const history = storedHistory(plan, resultTable(plan), 'TRUE', context);
      return [{ scored }, { scored: anomalyEvents(plan, span, days, context), history }].map((of) =>
        anomalyRows(plan, of, context),
      );
    }
    case 'ledger':
      return [{ span: whole }, { span, keys, base: resultTable(plan) }].map((of) => ledgerRows(plan, of, context));
    case 'episode':
      return [{ span: whole }, { span, keys, base: resultTable(plan) }].map((of) => episodeRows(plan, of, context));
    case 'session':
      return STRANDS.map((strand) => sessionRows(plan, strand, strandEvents(plan, strand, context), context));
  }
}

async function runs(plan: ViewPlan): Promise<void> {
  for (const sql of [...dropTables(plan), ...createTables(plan, context)]) await run(sql);
  for (const rows of rowsOf(plan)) {
    const { compare, retire, insert } = restate(plan, rows, 'FALSE', 1, 'late', context);
    for (const sql of [...compare, ...retire, insert]) await run(sql);
    await run(present(plan, liveRows(plan, rows, context), context));
  }
  await run(
    plan.kind.kind === 'project'
      ? projected(plan, 'TRUE', context)
      : present(plan, storedRows(plan, 'TRUE', context), context),
  );
}

const restocked = equals(property('restocked'), 'true');
const carts = {
  id: sessionPart('id', said),
  visitor: sessionPart('visitor', said),
  ...Object.fromEntries(ABSENCE_PARTS.map((part) => [part, absencePart(part, said)])),
};
const ledgerKey = { product: key(event('product_id'), said) };

const follows = {
  within: minutes(10),
  followedBy: type('a'),
  on: [event('visitor'), event('product_id')],
};

const kinds: readonly (readonly [string, Kind, ViewDeclaration['columns']])[] = [
  ['projections', { kind: 'project' }, {}],
  ['tumbling windows', window(tumbling(minutes(5))), windows],
  ['sliding windows', window(sliding(hours(1), minutes(20))), windows],
  ['calendar windows', window(calendar('day')), windows],
  ['matches', match({ windowing: tumbling(minutes(5)), ...follows }), windows],
  ['sliding matches', match({ windowing: sliding(hours(1), minutes(20)), ...follows }), windows],
  ['calendar matches', match({ windowing: calendar('day'), ...follows }), windows],
  ['sessions', session({ gap: minutes(30), split: false, byVisitor: true }), sessions],
  ['split sessions', session({ gap: minutes(30), split: true, byVisitor: false }), sessions],
  [
    'rollups',
    rollup({ parent: 'user_session_analytics', windowing: tumbling(hours(1)), on: 'session_start' }),
    windows,
  ],
  [
    'absences',
    absence({
      adds: any(type('a'), restocked),
      removes: type('b'),
      recoveredBy: type('a', 'b'),
      item: event('brand'),
      quantity: event('quantity'),
      price: event('price'),
      amount: event('amount'),
      gap: minutes(30),
      threshold: minutes(1),
      within: hours(1),
    }),
    carts,
  ],
  [
    'anomalies',
    anomaly({
      days: 28,
      threshold: 0.8,
      unknown: "it's new",
      parts: [
        unusual({
          of: event('amount'),
          among: event('brand'),
          least: 2,
          spread: 0.1,
          from: 1,
          to: 2,
          above: '{n} of {}',
        }),
        unusual({
          of: event('quantity'),
          missing: 1,
          among: event('user_id'),
          least: 2,
          spread: 0.1,
          from: 1,
          to: 2,
          above: "{n}'s",
          below: '{n} less',
        }),
        unseen({ of: event('country'), among: event('visitor'), says: 'new: {}, {n}' }),
        frequent({
          of: event('event_time'),
          among: event('visitor'),
          within: minutes(5),
          from: 1,
          to: 3,
          says: '{n} of {}',
        }),
      ],
    }),
    {
      id: field(event('event_id'), said),
      ...Object.fromEntries(ANOMALY_COLUMNS.map((part) => [part, anomalyPart(part, said)])),
    },
  ],
  ['ledgers', ledger({ counts: 'stock', takes: type('a'), adds: restocked, quantity: event('quantity') }), ledgerKey],
];

test.each(kinds)('%s that the checks accept run', { timeout: 60_000 }, async (_, kind, base) => {
  const inputs = kind.kind === 'match' ? [...eventColumns, 'matched'] : eventColumns;
  const expression = expressionOf(kind.kind === 'rollup' ? parentColumns : inputs);
  const ofOwn: Partial<Record<Kind['kind'], 'field' | 'ledger'>> = {
    project: 'field',
    anomaly: 'field',
    ledger: 'ledger',
  };
  const role = ofOwn[kind.kind] ?? 'key';
  const own = kind.kind === 'ledger' ? expressionOf(Object.keys(LEDGER_PARTS)) : expression;
  const value: fc.Arbitrary<ColumnValue> = fc.oneof(
    own.map((of): ColumnValue => ({ role, of })),
    {
      arbitrary: fc
        .constantFrom<EventInput[]>('product_name', 'category_name', 'price')
        .map((otherwise): ColumnValue => ({ role: 'field', of: product('x', otherwise) })),
      weight: kind.kind === 'ledger' ? 1 : 0,
    },
    {
      arbitrary: measureOf(expression).map((measure): ColumnValue => ({ role: 'measure', measure })),
      weight: kind.kind === 'project' || kind.kind === 'anomaly' ? 0 : 2,
    },
    { arbitrary: fc.constant<ColumnValue>({ role: 'arrival' }), weight: kind.kind === 'project' ? 1 : 0 },
  );
  let columns = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { minLength: 1, maxLength: 60, size: 'max' }),
      fc.option(expression, { nil: undefined }),
      async (values, where) => {
        const plan = accepted(kind, base, values, where);
        if (plan === null) return;
        columns += plan.columns.length;
        await runs(plan);
      },
    ),
    { numRuns: 25, seed: 3 },
  );
  expect(columns).toBeGreaterThan(30);
});
