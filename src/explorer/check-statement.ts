import { ALLOWED_FUNCTIONS } from './allowed-functions.ts';

/** What a query may do, found out from its parsed form. */
export type Checked = Allowed | Refusal;

interface Allowed {
  readonly allowed: true;
  /** Views that it reads. */
  readonly tables: readonly string[];
}

interface Refusal {
  readonly allowed: false;
  readonly reason: string;
  /** Byte of the query. */
  readonly position: number | null;
  /** It is no SQL at all. */
  readonly syntax?: true;
}

/** A parsed statement, as `json_serialize_sql` of DuckDB gives it. */
export interface ParsedSql {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly unknown[];
}

type Node = Readonly<Record<string, unknown>>;

/** Kinds of nodes, by what they say of themselves in `class` or `type`. What is not here is refused. */
const CLASSES = words(
  'COLUMN_REF CONSTANT FUNCTION OPERATOR COMPARISON CONJUNCTION CASE CAST BETWEEN SUBQUERY WINDOW STAR LAMBDA COLLATE POSITIONAL_REFERENCE',
);
const QUERIES = words('SELECT_NODE SET_OPERATION_NODE CTE_NODE RECURSIVE_CTE_NODE');
const TABLES = words('BASE_TABLE TABLE_FUNCTION SUBQUERY JOIN EMPTY EXPRESSION_LIST');
const MODIFIERS = words('ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER');
const ORDERS = words('ORDER_DEFAULT ASCENDING DESCENDING');
const KINDS = new Set([...QUERIES, ...TABLES, ...MODIFIERS, ...ORDERS]);
const TABLE_FUNCTIONS = words('unnest range generate_series');
/** A name that nothing but a table can be: no path, no address. */
const PLAIN_NAME = /^[a-z_]\w*$/i;

/**
 * Decides whether a query only computes something from the given tables: an allow-list over its whole tree, so that what
 * nobody thought of is refused.
 *
 * @example checkStatement(parsed, new Set(['brand_activity'])) // { allowed: true, tables: ['brand_activity'] }
 */
export function checkStatement(parsed: ParsedSql, tables: ReadonlySet<string>): Checked {
  if (parsed.error) {
    const position = parsed.position === undefined ? null : Number(parsed.position);
    if (parsed.error_type !== 'parser') return refused('only a SELECT is allowed', position);
    return { allowed: false, reason: parsed.error_message ?? 'it is no SQL', position, syntax: true };
  }
  const [statement, ...more] = parsed.statements ?? [];
  if (statement === undefined) return refused('there is no statement', null);
  if (more.length > 0) return refused('one statement at a time', null);
  const names = new Set<string>();
  collectNames(statement, names);
  const read = new Set<string>();
  const refusal = refusalOf(statement, { tables, names, read });
  return refusal ?? { allowed: true, tables: [...read].sort() };
}

interface Scope {
  readonly tables: ReadonlySet<string>;
  /** Names that the query gives to queries of its own. */
  readonly names: ReadonlySet<string>;
  readonly read: Set<string>;
}

const refused = (reason: string, position: number | null): Refusal => ({ allowed: false, reason, position });

/** The first thing in a tree that is not allowed. */
function refusalOf(value: unknown, scope: Scope): Refusal | null {
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = refusalOf(each, scope);
      if (found !== null) return found;
    }
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const node = value as Node;
  const found = ofNode(node, scope);
  if (found !== null) return found;
  return refusalOf(Object.values(node), scope);
}

function ofNode(node: Node, scope: Scope): Refusal | null {
  const { class: kind, type } = node;
  const position = positionOf(node);
  if (typeof kind === 'string') {
    if (!CLASSES.has(kind)) return refused(`${kind.toLowerCase()} expressions are not allowed`, position);
    return kind === 'FUNCTION' || kind === 'WINDOW' ? ofFunction(node, ALLOWED_FUNCTIONS, position) : null;
  }
  if (typeof type !== 'string') return null;
  if (!KINDS.has(type) && !type.endsWith('_TYPE_INFO'))
    return refused(`${type.toLowerCase().replaceAll('_', ' ')} is not allowed`, position);
  if (type === 'BASE_TABLE') return ofTable(node, scope, position);
  if (type !== 'TABLE_FUNCTION') return null;
  const called = node['function'];
  return typeof called === 'object' && called !== null
    ? ofFunction(called as Node, TABLE_FUNCTIONS, position)
    : refused('a table function without a name is not allowed', position);
}

function ofFunction(node: Node, allowed: ReadonlySet<string>, position: number | null): Refusal | null {
  const name = String(node['function_name']).toLowerCase();
  const own = (node['schema'] === '' || node['schema'] === 'main') && node['catalog'] === '';
  return own && allowed.has(name) ? null : refused(`the function ${name} is not allowed`, position);
}

function ofTable(node: Node, { tables, names, read }: Scope, position: number | null): Refusal | null {
  const name = String(node['table_name']);
  const plain = PLAIN_NAME.test(name) && node['schema_name'] === '' && node['catalog_name'] === '';
  if (plain && names.has(name.toLowerCase())) return null;
  if (!plain || !tables.has(name)) return refused(`there is no table ${name}`, position);
  read.add(name);
  return null;
}

/** Names of common table expressions, wherever they are. */
function collectNames(value: unknown, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const { cte_map: ctes, cte_name: name } = value as Node;
  if (typeof name === 'string') into.add(name.toLowerCase());
  const { map } = (ctes ?? {}) as { readonly map?: readonly { readonly key?: unknown }[] };
  for (const { key } of map ?? []) if (typeof key === 'string') into.add(key.toLowerCase());
  for (const each of Object.values(value)) collectNames(each, into);
}

/** DuckDB writes the largest 64-bit number where it knows none. */
function positionOf({ query_location: at }: Node): number | null {
  return typeof at === 'number' && at < Number.MAX_SAFE_INTEGER ? at : null;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
