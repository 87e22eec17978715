import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkStatement, type ParsedSql } from '../../src/explorer/check-statement.ts';
import { SEED, SOAK } from '../engine/soak.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

/** A piece of SQL, and whether there is anything in it that a query may not do. */
interface Piece {
  readonly sql: string;
  readonly bad: boolean;
}

const good = (sql: string): Piece => ({ sql, bad: false });
const bad = (sql: string): Piece => ({ sql, bad: true });
const joined = (pieces: readonly Piece[], make: (parts: readonly string[]) => string): Piece => ({
  sql: make(pieces.map(({ sql }) => sql)),
  bad: pieces.some((piece) => piece.bad),
});

const { query } = fc.letrec<{ expression: Piece; source: Piece; query: Piece }>((tie) => {
  const expression = tie('expression');
  const source = tie('source');
  const inner = tie('query');
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'e' },
      {
        weight: 8,
        arbitrary: fc.constantFrom(...['1', "'text'", 'NULL', 'a', 'x.b', 'TRUE', "DATE '2020-01-01'"].map(good)),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...[
            'getvariable(1)',
            "current_setting('x')",
            'version()',
            'pg_sleep(1)',
            'nextval(1)',
            "other.f('x')",
            "repeat('x', 9)",
            '$1',
            'random()',
          ].map(bad),
        ),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            fc.constantFrom('sum', 'lower', 'list_value', 'coalesce', 'count', 'ABS', 'date_trunc'),
            fc.array(expression, { minLength: 1, maxLength: 2 }),
          )
          .map(([name, args]) => joined(args, (parts) => `${name}(${parts.join(', ')})`)),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(expression, expression).map((each) => joined(each, ([a, b]) => `(${a} + ${b})`)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(expression, expression)
          .map((each) => joined(each, ([a, b]) => `CASE WHEN ${a} THEN ${b} END`)),
      },
      { weight: 1, arbitrary: expression.map((each) => joined([each], ([a]) => `CAST(${a} AS DECIMAL(9, 2))`)) },
      { weight: 1, arbitrary: expression.map((each) => joined([each], ([a]) => `list_transform([1], v -> ${a})`)) },
      {
        weight: 1,
        arbitrary: expression.map((each) =>
          joined([each], ([a]) => `row_number() OVER (PARTITION BY ${a} ORDER BY ${a})`),
        ),
      },
      { weight: 1, arbitrary: inner.map((each) => joined([each], ([q]) => `(${q})`)) },
      { weight: 1, arbitrary: inner.map((each) => joined([each], ([q]) => `EXISTS (${q})`)) },
      { weight: 1, arbitrary: fc.tuple(expression, inner).map((each) => joined(each, ([a, q]) => `${a} IN (${q})`)) },
    ),
    source: fc.oneof(
      { maxDepth: 3, depthIdentifier: 's' },
      { weight: 8, arbitrary: fc.constantFrom(...['sales', '"sales" s', 'visits AS x(a, b)', 'range(3) r'].map(good)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...[
            "'/etc/passwd'",
            '"a.csv"',
            "read_text('x')",
            'duckdb_tables()',
            'memory.main.sales',
            'secrets',
            'information_schema.tables',
            "glob('*')",
          ].map(bad),
        ),
      },
      { weight: 2, arbitrary: inner.map((each) => joined([each], ([q]) => `(${q}) q`)) },
      { weight: 2, arbitrary: fc.tuple(source, source).map((each) => joined(each, ([a, b]) => `${a}, ${b}`)) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(expression, expression)
          .map((each) => joined(each, ([a, b]) => `(VALUES (${a}), (${b})) v`)),
      },
    ),
    query: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'q' },
      {
        weight: 5,
        arbitrary: fc
          .tuple(expression, source, expression)
          .map((each) => joined(each, ([a, b, c]) => `SELECT ${a} FROM ${b} WHERE ${c}`)),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(expression, expression)
          .map((each) => joined(each, ([a, b]) => `SELECT ${a} GROUP BY ALL HAVING ${b}`)),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(inner, inner).map((each) => joined(each, ([a, b]) => `(${a}) UNION ALL (${b})`)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(inner, inner)
          .map((each) => joined(each, ([a, b]) => `WITH w AS (${a}) SELECT * FROM w, (${b})`)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(source, expression)
          .map((each) => joined(each, ([a, b]) => `SELECT DISTINCT ON (${b}) * FROM ${a} ORDER BY ${b} LIMIT 3`)),
      },
    ),
  };
});

test('a query is allowed if and only if nothing in it is not', { timeout: 120_000 }, async () => {
  const tables = new Set(['sales', 'visits']);
  let [allowed, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(query, async ({ sql, bad: forbidden }) => {
      const found = await connection.runAndReadAll(`SELECT json_serialize_sql('${sql.replaceAll("'", "''")}')`);
      const parsed = JSON.parse(String(found.getRows()[0]?.[0])) as ParsedSql;
      // Windows in windows are no SQL.
      fc.pre(parsed.error_message?.startsWith('window functions') !== true);
      expect(parsed.error_message).toBeUndefined();
      const checked = checkStatement(parsed, tables);
      expect(checked).toMatchObject({ allowed: !forbidden });
      if (checked.allowed) allowed += 1;
      else refused += 1;
    }),
    { numRuns: 3_000 * SOAK, seed: SEED },
  );
  expect(Math.min(allowed, refused)).toBeGreaterThan(500);
});
