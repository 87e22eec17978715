import { PROVENANCE, TABLES, type TableName, type TableShape } from './table.ts';

/** A row as parsed from JSON. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** Columns that hold an event's id, if it came without one. */
const IDS: ReadonlySet<string> = new Set(['event_id', 'transaction_id']);

const TOLERANCE = 1e-12;

/**
 * Differences between the rows a table must have and those it has, one readable line each; empty when equal. Rows are
 * matched by the table's key; values must be equal, doubles within a relative 1e-12; provenance columns are ignored.
 * Events that came without an id are matched by all their other columns, since their ids depend on the source.
 *
 * @example compareRows('brand_activity', expected, actual) // ['brand_activity ["...","samsung"] event_count: expected 40, got 39']
 */
export function compareRows(table: TableName, expected: readonly AnyRow[], actual: readonly AnyRow[]): string[] {
  const shape: TableShape = TABLES[table];
  const keyOf = keyFunction(shape, expected);
  const wanted = Map.groupBy(expected, keyOf);
  const got = Map.groupBy(actual, keyOf);
  const lines: string[] = [];
  for (const key of new Set([...wanted.keys(), ...got.keys()])) {
    const [mine, theirs] = [wanted.get(key) ?? [], got.get(key) ?? []];
    if (mine.length !== theirs.length) {
      lines.push(
        `${table} ${key}: expected ${mine.length} row(s), got ${theirs.length}: ${show([...mine, ...theirs][0])}`,
      );
      continue;
    }
    mine.forEach((row, i) => {
      const other = theirs[i] ?? {};
      for (const column of columnsOf(row, other)) {
        if (IDS.has(column) && row[column] === null) continue;
        if (!equal(row[column], other[column], shape.doubles.includes(column))) {
          lines.push(`${table} ${key} ${column}: expected ${show(row[column])}, got ${show(other[column])}`);
        }
      }
    });
  }
  return lines;
}

function keyFunction(shape: TableShape, expected: readonly AnyRow[]): (row: AnyRow) => string {
  const named = (row: AnyRow) => show(shape.key.map((column) => row[column]));
  if (!shape.key.includes('event_id')) return named;
  const ids = new Set<unknown>(expected.map((row) => row.event_id).filter((id) => id !== null));
  return (row) =>
    ids.has(row.event_id)
      ? named(row)
      : show(
          Object.entries(row)
            .filter(([column]) => !IDS.has(column) && !PROVENANCE.has(column))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        );
}

const columnsOf = (...rows: AnyRow[]): string[] =>
  [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) => !PROVENANCE.has(column));

function equal(a: unknown, b: unknown, double: boolean): boolean {
  if (double && typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }
  return show(a) === show(b);
}

const show = (value: unknown): string => (value === undefined ? 'no such column' : JSON.stringify(value));
