import type { ViewPlan } from '../../view/view.ts';

/** What DuckDB's parser says of a name in a statement: a table, or a column with what stands before it. */
interface NamedNode {
  readonly type?: unknown;
  readonly schema_name?: unknown;
  readonly table_name?: unknown;
  readonly column_names?: unknown;
  /** Byte at which the name begins. */
  readonly query_location?: unknown;
}

/**
 * A statement with the kits before names of views blanked out, `journey.brand_activity` as `brand_activity`: views are
 * temporary on a reader's connection, where DuckDB knows no schemas. Everything else stays where it was, so that
 * messages point at the right place.
 *
 * @param parsed the statement as DuckDB's parser serializes it
 */
export function withoutKits(sql: string, parsed: unknown, views: readonly ViewPlan[]): string {
  const bytes = Buffer.from(sql);
  const qualified = new Set<string>();
  for (const { type, schema_name: kit, table_name: table } of nodes(parsed))
    if (type === 'BASE_TABLE' && isKitOf(views, kit, table)) qualified.add(nameOf(kit, table));
  for (const { type, schema_name: kit, table_name: table, column_names: path, query_location: at } of nodes(parsed)) {
    if (type === 'BASE_TABLE' && qualified.has(nameOf(kit, table))) blank(bytes, Number(at));
    if (type === 'COLUMN_REF' && Array.isArray(path) && path.length > 2 && qualified.has(nameOf(path[0], path[1])))
      blank(bytes, Number(at));
  }
  return bytes.toString();
}

const nameOf = (kit: unknown, name: unknown): string => `${kit}.${name}`.toLowerCase();

const isKitOf = (views: readonly ViewPlan[], kit: unknown, name: unknown): boolean =>
  views.some((view) => nameOf(view.kit, view.name) === nameOf(kit, name));

/** Overwrites a name and the dot after it with blanks. */
function blank(bytes: Buffer, at: number): void {
  const qualifier = /^("?)\w+\1\s*\.\s*/.exec(bytes.subarray(at).toString('latin1'))?.[0] ?? '';
  bytes.fill(' ', at, at + qualifier.length);
}

function* nodes(value: unknown): Generator<NamedNode> {
  if (typeof value !== 'object' || value === null) return;
  yield value;
  for (const each of Object.values(value)) yield* nodes(each);
}
