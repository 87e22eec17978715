/** Another way to write down a query, or to put it into another. */
export interface Disguise {
  readonly what: string;
  /** Absent: for whatever begins a statement. */
  readonly of?: 'query';
  /** A harmless query is still one in it. */
  readonly harmless: boolean;
  readonly put: (sql: string) => string;
}

/** Pieces of a statement: quoted ones are left as they are. */
const outsideQuotes = (sql: string, put: (piece: string) => string): string =>
  sql
    .split(/('(?:[^']|'')*'|"(?:[^"]|"")*")/)
    .map((piece, i) => (i % 2 === 0 ? put(piece) : piece))
    .join('');
const text = (what: string, put: (sql: string) => string, harmless = true): Disguise => ({ what, harmless, put });
const within = (what: string, put: (sql: string) => string, harmless = true): Disguise => ({
  what,
  of: 'query',
  harmless,
  put,
});

export const DISGUISES: readonly Disguise[] = [
  text('capital letters', (sql) => outsideQuotes(sql, (piece) => piece.toUpperCase())),
  text('small letters', (sql) => outsideQuotes(sql, (piece) => piece.toLowerCase())),
  text('letters in turn', (sql) =>
    outsideQuotes(sql, (piece) => [...piece].map((c, i) => (i % 2 === 0 ? c.toUpperCase() : c.toLowerCase())).join('')),
  ),
  text('comments for blanks', (sql) => outsideQuotes(sql, (piece) => piece.replaceAll(' ', '/* ; */'))),
  text('comments to the end of lines', (sql) => outsideQuotes(sql, (piece) => piece.replaceAll(' ', ' -- ; \n'))),
  text('line breaks and tabs', (sql) => outsideQuotes(sql, (piece) => piece.replaceAll(' ', '\r\n\t'))),
  text('blanks before a bracket', (sql) => outsideQuotes(sql, (piece) => piece.replaceAll('(', ' ('))),
  text('names in quotes', (sql) => outsideQuotes(sql, (piece) => piece.replace(/\b[a-z]\w*_\w+(?=\()/g, '"$&"'))),
  text('texts in dollars', (sql) =>
    sql.replace(/'((?:[^'$]|'')*)'/g, (_, inner: string) => `$q$${inner.replaceAll("''", "'")}$q$`),
  ),
  text('texts with escapes', (sql) =>
    sql.replace(/'((?:[^'\\]|'')*)'/g, (_, inner: string) => `E'${inner.replaceAll('/', '\\x2f')}'`),
  ),
  text('names of the schema', (sql) => sql.replace(/\b([a-z]\w*_\w+)(?=\()/g, 'main.$1')),
  text('a comment before', (sql) => `/* SELECT 1 */ -- SELECT 1\n${sql}`),
  text('semicolons after', (sql) => `${sql};;`),
  text('a comment after', (sql) => `${sql} -- ;`),
  text('an empty statement before', (sql) => `;${sql}`),
  text('another statement before', (sql) => `SELECT 1; ${sql}`, false),
  text('another statement after', (sql) => `${sql}; SELECT 1`, false),
  text('EXPLAIN', (sql) => `EXPLAIN ${sql}`, false),
  text('EXPLAIN ANALYZE', (sql) => `EXPLAIN ANALYZE ${sql}`, false),
  text('PREPARE', (sql) => `PREPARE p AS ${sql}`, false),
  within('brackets', (sql) => `((${sql}))`),
  within('a query in FROM', (sql) => `SELECT * FROM (${sql}) AS s`),
  within('FROM first', (sql) => `FROM (${sql}) AS s SELECT count(*)`),
  within('WITH', (sql) => `WITH w AS (${sql}) SELECT * FROM w`),
  within('WITH that is not used', (sql) => `WITH w AS (${sql}) SELECT 1`),
  within('WITH that is kept', (sql) => `WITH w AS MATERIALIZED (${sql}) SELECT * FROM w`),
  within('WITH in WITH', (sql) => `WITH a AS (WITH b AS (${sql}) SELECT * FROM b) SELECT * FROM a`),
  within(
    'WITH RECURSIVE',
    (sql) =>
      `WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 2 AND EXISTS (${sql})) SELECT * FROM r`,
  ),
  within('a single value', (sql) => `SELECT (${sql})`),
  within('EXISTS', (sql) => `SELECT 1 WHERE EXISTS (${sql})`),
  within('IN', (sql) => `SELECT brand FROM brand_activity WHERE brand IN (${sql})`),
  within('ANY', (sql) => `SELECT 'a' = ANY (${sql})`),
  within('CASE', (sql) => `SELECT CASE WHEN FALSE THEN (${sql}) ELSE NULL END`),
  within('a join', (sql) => `SELECT * FROM brand_activity AS b CROSS JOIN (${sql}) AS s`),
  within('LATERAL', (sql) => `SELECT * FROM brand_activity AS b, LATERAL (${sql}) AS l`),
  within('UNION', (sql) => `SELECT 1 UNION ALL (${sql})`),
  within('EXCEPT', (sql) => `(${sql}) EXCEPT SELECT 1`),
  within('ORDER BY', (sql) => `SELECT 1 ORDER BY (${sql})`),
  within('LIMIT', (sql) => `SELECT 1 LIMIT (SELECT count(*) FROM (${sql}) AS s)`),
  within('HAVING', (sql) => `SELECT count(*) FROM brand_activity HAVING EXISTS (${sql})`),
  within('GROUP BY', (sql) => `SELECT count(*) FROM brand_activity GROUP BY (${sql})`),
  within('an argument', (sql) => `SELECT coalesce((${sql}), NULL)`),
  within('a list', (sql) => `SELECT [(${sql})]`),
  within('a lambda', (sql) => `SELECT list_transform([1], x -> (${sql}))`),
  within('VALUES', (sql) => `SELECT * FROM (VALUES ((${sql}))) AS v`),
  within('a window', (sql) => `SELECT sum(1) OVER (PARTITION BY (${sql})) FROM brand_activity`),
  within('FILTER', (sql) => `SELECT count(*) FILTER (WHERE EXISTS (${sql})) FROM brand_activity`),
  within('COPY', (sql) => `COPY (${sql}) TO '/tmp/escaped.csv'`, false),
  within('a table', (sql) => `CREATE TEMP TABLE escaped AS ${sql}`, false),
  within('a view', (sql) => `CREATE VIEW escaped AS ${sql}`, false),
  within('a macro', (sql) => `CREATE MACRO escaped() AS TABLE ${sql}`, false),
  within('SUMMARIZE', (sql) => `SUMMARIZE ${sql}`, false),
  within('a variable', (sql) => `SET VARIABLE escaped = (${sql})`, false),
];
