import { literalText } from '../core/sql-text.ts';
import { any } from '../view/expression.ts';
import { EVENT_INPUTS } from '../view/input-type.ts';
import type { LedgerKind } from '../view/kind.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import { type CompileContext, eventScope } from './context.ts';
import { compileExpression, compileWhere } from './expression.ts';
import { aggregatesOf, layoutOf, stateSpecs } from './layout.ts';
import { withoutProperties } from './property.ts';
import { type StateSpec, stateName } from './state.ts';
import type { Span } from './window.ts';

/** What of a ledger's story is computed. */
export interface LedgerScope {
  /** Entries that count; from minus infinity on, up to Infinity. */
  readonly span: Span;
  /** Relation with a column `k`: just these keys. */
  readonly keys?: string;
  /** Relation with rows in stored form as they were at the start of the span: they are gone on from. */
  readonly base?: string;
}

export const ledgerKind = ({ name, kind }: ViewPlan): LedgerKind => {
  if (kind.kind !== 'ledger') throw new Error(`${name} is not a ledger`);
  return kind;
};

/** The ledger itself, or the one that an episode view is made from. */
export function ledgerOf(view: ViewPlan, context: CompileContext): ViewPlan {
  const ledger = view.kind.kind === 'episode' ? context.views.get(view.kind.parent) : view;
  if (ledger === undefined) throw new Error(`${view.name} has no ledger`);
  return ledger;
}

/** The column by which a row of a ledger, or its episodes, is known. */
export function keyOf({ name, columns }: ViewPlan): ColumnPlan & { readonly value: { readonly role: 'key' } } {
  for (const column of columns) if (column.value.role === 'key') return { ...column, value: column.value };
  throw new Error(`${name} has no key`);
}

/** Conditions on a time. */
export function withinSpan(time: string, { start, end }: Span, { dialect }: CompileContext): readonly string[] {
  if (end === Number.NEGATIVE_INFINITY) return ['FALSE'];
  return [
    ...(start === Number.NEGATIVE_INFINITY ? [] : [`${time} >= ${dialect.instant(start)}`]),
    ...(end === Number.POSITIVE_INFINITY ? [] : [`${time} < ${dialect.instant(end)}`]),
  ];
}

const among = (key: string, { keys }: LedgerScope): readonly string[] =>
  keys === undefined ? [] : [`${key} IN (SELECT k FROM ${keys})`];

/** Events that move something: `k`, `change`, and the columns of raw. A missing quantity is 1. */
export function movements(
  ledger: ViewPlan,
  scope: LedgerScope,
  context: CompileContext,
  condition: readonly string[] = [],
): string {
  const { takes, adds, quantity } = ledgerKind(ledger);
  const events = eventScope(context);
  const key = compileExpression(keyOf(ledger).value.of, events, context).sql;
  // Only what may move is asked for its properties.
  const plain = compileWhere(withoutProperties(any(takes, adds)), events, context);
  const asked = [`${key} IS NOT NULL`, plain, ...withinSpan('event_time', scope.span, context), ...among(key, scope)];
  const taking = compileWhere(takes, events, context);
  const amount = `coalesce(${compileExpression(quantity, events, context).sql}, 1)`;
  const moves = `(${taking} OR ${compileWhere(adds, events, context)}) AND ${compileWhere(ledger.where, events, context)}`;
  return `SELECT *, CASE WHEN ${taking} THEN -${amount} ELSE ${amount} END AS change FROM (SELECT ${key} AS k, * FROM raw WHERE ${[...asked, ...condition].join(' AND ')}) WHERE ${moves}`;
}

/** Counts of the ledger's dimension: `k`, `counted`, `counted_at`, at most one a key and time. */
export function countsIn(ledger: ViewPlan, scope: LedgerScope, context: CompileContext): string {
  const { counts } = ledgerKind(ledger);
  const asked = [
    `d.kind = ${literalText(counts)}`,
    ...withinSpan('d.valid_from', scope.span, context),
    ...among('s.id', scope),
  ];
  return `SELECT s.id AS k, (d.attributes ->> ${literalText(counts)})::BIGINT AS counted, d.valid_from AS counted_at FROM dimension d JOIN symbol s ON s.text = d.key WHERE ${asked.join(' AND ')}`;
}

/** Keys that have an entry in the scope. */
export const enteredKeys = (ledger: ViewPlan, scope: LedgerScope, context: CompileContext): string =>
  `SELECT k FROM (${movements(ledger, scope, context)}) UNION SELECT k FROM (${countsIn(ledger, scope, context)})`;

/** The state of old and new entries together: those of the base are all before the others. */
function continued(spec: StateSpec, based: boolean): string {
  const { fn } = spec;
  const name = stateName(spec);
  const sums = fn !== 'min' && fn !== 'max' && fn !== 'first' && fn !== 'last';
  const fresh = `e."${name}"`;
  if (!based) return sums ? `coalesce(${fresh}, 0)` : fresh;
  const old = `b."${name}"`;
  if (sums) return `coalesce(${old}, 0) + coalesce(${fresh}, 0)`;
  if (fn === 'min') return `least(${old}, ${fresh})`;
  if (fn === 'max') return `greatest(${old}, ${fresh})`;
  return fn === 'first' ? `coalesce(${old}, ${fresh})` : `coalesce(${fresh}, ${old})`;
}

/**
 * Rows of a ledger: for each key with an entry in the scope the last count and what moved since, and all that its
 * measures say of its movements. SQL that yields the stored columns and `late_events`.
 *
 * What moved at the very time of a count comes after it. Entries of one time act together, so that their order is nobody's
 * business.
 */
export function ledgerRows(view: ViewPlan, scope: LedgerScope, context: CompileContext): string {
  const { dialect } = context;
  const layout = layoutOf(view, context);
  const key = keyOf(view).name;
  const fields = view.columns.flatMap(({ name, value }) =>
    value.role === 'field' && value.of.kind === 'dimension' ? [{ name, of: value.of }] : [],
  );
  const wide = fields.flatMap(({ of: { otherwise } }) =>
    otherwise !== undefined && EVENT_INPUTS.get(otherwise)?.wide === true ? [otherwise] : [],
  );
  const moves = movements(view, scope, context);
  const input =
    wide.length === 0
      ? `(${moves})`
      : `(SELECT m.*, ${[...new Set(wide)].map((name) => `x.${name}`).join(', ')} FROM (${moves}) m LEFT JOIN raw_extra x ON x.seq = m.seq)`;
  const latest = `SELECT k, counted, counted_at FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY counted_at DESC) AS place FROM (${countsIn(view, scope, context)})) WHERE place = 1`;
  const total = (condition: string, sign = ''): string =>
    dialect.sum({ sql: `CASE WHEN ${condition} THEN ${sign}change END`, type: 'integer' });
  const moved = [
    'k',
    `${total('counted_at IS NULL OR event_time >= counted_at')} AS since`,
    `${total('change < 0', '-')} AS taken`,
    `${total('change > 0')} AS added`,
    ...aggregatesOf(layout, context),
    'max(event_time) AS moved_at',
    `${dialect.countIf('late')} AS late_events`,
  ];
  const based = scope.base !== undefined;
  const old = (name: string, otherwise: string): string => (based ? `coalesce(b.${name}, ${otherwise})` : otherwise);
  const plus = (name: string): string => `${based ? `coalesce(b.${name}, 0) + ` : ''}coalesce(e.${name}, 0)`;
  const columns = [
    `e.k AS "${key}"`,
    `coalesce(e.counted, ${old('balance', '0')}) + coalesce(e.since, 0) AS balance`,
    `${plus('taken')} AS taken`,
    `${plus('added')} AS added`,
    `${based ? 'coalesce(e.counted, b.counted)' : 'e.counted'} AS counted`,
    `${based ? 'coalesce(e.counted_at, b.counted_at)' : 'e.counted_at'} AS counted_at`,
    ...fields.map(({ name, of }) => `${of.dimension}_dimension.attributes ->> ${literalText(of.name)} AS "${name}"`),
    ...stateSpecs(view).map((spec) => `${continued(spec, based)} AS "${stateName(spec)}"`),
    `${plus('late_events')} AS late_events`,
  ];
  const dimensions = [...new Set(fields.map(({ of: { dimension } }) => dimension))].map(
    (kind) =>
      ` LEFT JOIN dimension ${kind}_dimension ON ${kind}_dimension.kind = '${kind}' AND ${kind}_dimension.key = e.key_text AND e.entered_at >= ${kind}_dimension.valid_from AND e.entered_at < ${kind}_dimension.valid_to`,
  );
  const entered = `SELECT *, greatest(moved_at, counted_at) AS entered_at, (SELECT text FROM symbol WHERE id = k) AS key_text FROM (SELECT * FROM moved FULL JOIN latest USING (k))`;
  const base = based ? ` LEFT JOIN ${scope.base} b ON b."${key}" = e.k` : '';
  return `WITH latest AS MATERIALIZED (${latest}), moved AS (SELECT ${moved.join(', ')} FROM ${input} LEFT JOIN latest USING (k) GROUP BY k) SELECT ${columns.join(', ')} FROM (${entered}) e${base}${dimensions.join('')}`;
}
