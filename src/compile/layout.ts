import type { Expression } from '../view/expression.ts';
import { MATCHED } from '../view/input-type.ts';
import { cutOf } from '../view/kind.ts';
import { LEDGER_PARTS } from '../view/ledger-part.ts';
import type { ViewPlan } from '../view/view.ts';
import { fieldInputs, partColumns, partInputs } from './anomaly-parts.ts';
import { type CompileContext, EVENT_ID, eventScope, idWidth, type Scope, visitorWidth } from './context.ts';
import type { ValueType } from './dialect/dialect.ts';
import { compileExpression } from './expression.ts';
import { type Carried, gatherAggregates, isOrdered, orderedState } from './in-order.ts';
import { rollupScope } from './rollup.ts';
import { type DistinctBy, type StateColumn, type StateSpec, stateColumn, stateName, statesOf } from './state.ts';

/** A key column of a result table. */
export interface KeyColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly sqlType: string;
  /** SQL over the input rows; absent for columns that the kind itself provides (window and session bounds). */
  readonly from?: string;
}

/** The stored form of a view: what identifies a row, and the exact states that its measures are made from. */
export interface Layout {
  readonly table: string;
  readonly keys: readonly KeyColumn[];
  readonly states: readonly StateColumn[];
  /** What the events of a row carry for the states that depend on their order. */
  readonly carried: readonly Carried[];
  /** SQL over stored columns that tells two rows apart; nulls are values. */
  readonly identity: readonly string[];
}

export const resultTable = (view: { readonly name: string }): string => `result.${view.name}`;
export const historyTable = (view: { readonly name: string }): string => `result.${view.name}_history`;
export const openTable = (view: { readonly name: string }): string => `result.${view.name}_open`;

const LEDGER_COLUMNS = Object.entries(LEDGER_PARTS);
/** What an absence keeps of a cart besides its session and visitor. */
const CART_COLUMNS = [
  ['session_start', 'time'],
  ['last_event', 'time'],
  ['items', 'integer'],
  ['value', 'wide money'],
  ['contents', 'pieces'],
  ['abandoned_at', 'time'],
  ['recovered_at', 'time'],
  ['recovered_amount', 'money'],
] as const;
const EPISODE_COLUMNS = [
  ['opened_at', 'time'],
  ['closed_at', 'time'],
  ['balance', 'integer'],
] as const;

const eventOrder = `event_time, ${EVENT_ID}`;

/** The columns that a view's keys and measures are made from. */
export function inputScope(view: ViewPlan, context: CompileContext): Scope {
  if (view.kind.kind === 'rollup') return rollupScope(view.kind.parent, context);
  if (view.kind.kind === 'episode') return (name) => ({ sql: name, type: 'symbol' });
  const events = eventScope(context);
  if (view.kind.kind !== 'match') return events;
  return (name) => (name === MATCHED ? { sql: MATCHED, type: 'integer' } : events(name));
}

/** What a view's measures are made from; for a field of a ledger also the last event's word, where its dimension has none. */
export function stateSpecs(view: ViewPlan): readonly StateSpec[] {
  const found = new Map<string, StateSpec>();
  for (const { value } of view.columns) {
    const specs =
      value.role === 'measure' ? statesOf(value.measure) : value.role === 'field' ? fallback(view, value.of) : [];
    for (const spec of specs) found.set(stateName(spec), spec);
  }
  return [...found.values()];
}

/** The state that stands in where a ledger's dimension knows nothing. */
export const fallback = ({ kind }: ViewPlan, of: Expression): readonly StateSpec[] =>
  kind.kind === 'ledger' && of.kind === 'dimension' && of.otherwise !== undefined
    ? [{ fn: 'last', of: { kind: 'column', name: of.otherwise } }]
    : [];

/** Lists of a whole month would not fit in memory; of minutes or one session they do. */
const distinctBy = ({ kind }: ViewPlan): DistinctBy => (cutOf(kind)?.windowing.shape === 'calendar' ? 'group' : 'list');

/** A window may hold too many events for a list of them; a session does not. */
function columnsOf(view: ViewPlan, scope: Scope, context: CompileContext): Pick<Layout, 'states' | 'carried'> {
  const carried = new Map<string, Carried>();
  const states = stateSpecs(view).map((spec): StateColumn => {
    if (view.kind.kind !== 'session' || !isOrdered(spec))
      return stateColumn(spec, scope, context, distinctBy(view), eventOrder);
    const { carries, value, ...state } = orderedState(spec, scope, context);
    carried.set(carries.field, carries);
    return value.type === 'id' ? { ...state, width: idWidth(value.sql, context.widths) } : state;
  });
  return { states, carried: [...carried.values()] };
}

/** The aggregates of a group, each under the name that the states' `finish` knows. */
export const aggregatesOf = ({ states, carried }: Layout, context: CompileContext): readonly string[] => [
  ...states.flatMap(({ name, aggregate }) => (aggregate === undefined ? [] : [`${aggregate} AS "${name}"`])),
  ...gatherAggregates(carried, context),
];

export function layoutOf(view: ViewPlan, context: CompileContext): Layout {
  const scope = inputScope(view, context);
  const { dialect } = context;
  const { states, carried } = columnsOf(view, scope, context);
  const time = (name: string): KeyColumn => ({ name, type: 'time', sqlType: dialect.sqlType('time') });
  if (view.kind.kind === 'session') {
    const visitor = visitorWidth(context.widths);
    return {
      table: resultTable(view),
      keys: [
        { name: 'session_id', type: 'id', sqlType: context.widths.session_id },
        { name: 'visitor', type: 'id', sqlType: visitor },
        time('session_start'),
        time('session_end'),
      ],
      states,
      carried,
      identity: [
        'session_id',
        'visitor',
        view.kind.split ? 'session_start' : 'CASE WHEN session_id IS NULL THEN session_start END',
      ],
    };
  }
  if (view.kind.kind === 'absence') {
    return {
      table: resultTable(view),
      keys: [
        { name: 'session_id', type: 'id', sqlType: context.widths.session_id },
        { name: 'visitor', type: 'id', sqlType: visitorWidth(context.widths) },
        ...CART_COLUMNS.map(([name, type]) => ({ name, type, sqlType: dialect.sqlType(type) })),
      ],
      states,
      carried,
      identity: ['session_id', 'visitor', 'CASE WHEN session_id IS NULL THEN session_start END'],
    };
  }
  if (view.kind.kind === 'anomaly') {
    const stored = (name: string, type: ValueType): KeyColumn => ({ name, type, sqlType: dialect.sqlType(type) });
    const inputs = [...fieldInputs(view, context), ...partInputs(view, context)].map(({ name, sql, type }) => ({
      name,
      type,
      sqlType: type === 'id' ? idWidth(sql, context.widths) : dialect.sqlType(type),
    }));
    const found = partColumns(view).flatMap(({ strength, figure }) => [
      stored(strength, 'integer'),
      stored(figure, 'integer'),
    ]);
    return {
      table: resultTable(view),
      keys: [stored('seq', 'integer'), time('moment'), stored('day', 'integer'), ...inputs, ...found],
      states,
      carried,
      identity: ['seq'],
    };
  }
  const keys = view.columns.flatMap(({ name, value }): KeyColumn[] => {
    if (value.role !== 'key') return [];
    const { sql, type } = compileExpression(value.of, scope, context);
    return [{ name, type, sqlType: type === 'id' ? idWidth(sql, context.widths) : dialect.sqlType(type), from: sql }];
  });
  if (view.kind.kind === 'ledger' || view.kind.kind === 'episode') {
    const own = view.kind.kind === 'ledger' ? LEDGER_COLUMNS : EPISODE_COLUMNS;
    const fields = view.columns.flatMap(({ name, value }): KeyColumn[] =>
      value.role === 'field' ? [{ name, type: 'text', sqlType: dialect.sqlType('text') }] : [],
    );
    return {
      table: resultTable(view),
      keys: [...keys, ...own.map(([name, type]) => ({ name, type, sqlType: dialect.sqlType(type) })), ...fields],
      states,
      carried,
      identity: [...keys.map(({ name }) => `"${name}"`), ...(view.kind.kind === 'episode' ? ['opened_at'] : [])],
    };
  }
  const window = [time('window_start'), ...(isCalendar(view) ? [time('window_end')] : [])];
  return {
    table: resultTable(view),
    keys: [...window, ...keys],
    states,
    carried,
    identity: ['window_start', ...keys.map(({ name }) => `"${name}"`)],
  };
}

export const isCalendar = ({ kind }: ViewPlan): boolean => 'windowing' in kind && kind.windowing.shape === 'calendar';

/** Every stored column, in order, without provenance. */
export const storedColumns = (layout: Layout): readonly string[] => [
  ...layout.keys.map(({ name }) => `"${name}"`),
  ...layout.states.map(({ name }) => `"${name}"`),
];
