import { createHash } from 'node:crypto';
import type { AbsencePart } from './absence-part.ts';
import type { AnomalyColumn } from './anomaly-part.ts';
import { checkView } from './check.ts';
import type { Expression } from './expression.ts';
import type { Kind } from './kind.ts';
import type { EpisodePart } from './ledger-part.ts';
import type { Measure } from './measure.ts';

/** The table families of the systems whose dashboards and queries are kept; sinks write one schema a kit. */
export type Kit = 'journey' | 'realtime' | 'lake' | 'globalmart' | 'shop';

/** Where a published column's value comes from. */
export type ColumnValue =
  | { readonly role: 'window'; readonly edge: 'start' | 'end' }
  /** The month that the window begins in, in the shop's zone, as 2019-10. */
  | { readonly role: 'month' }
  | { readonly role: 'key'; readonly of: Expression }
  | { readonly role: 'session'; readonly part: 'id' | 'visitor' | 'start' | 'end' | 'status' }
  /** Whole length of the session in this many microseconds; `whole` drops the fraction. */
  | { readonly role: 'elapsed'; readonly unit: number; readonly whole: boolean }
  | { readonly role: 'measure'; readonly measure: Measure }
  /** Made from the parts of a ledger (`LEDGER_PARTS`). */
  | { readonly role: 'ledger'; readonly of: Expression }
  | { readonly role: 'episode'; readonly part: EpisodePart }
  | { readonly role: 'absence'; readonly part: AbsencePart }
  | { readonly role: 'anomaly'; readonly part: AnomalyColumn }
  /** Of a ledger: a column of its key's dimension, in the version of the last entry. */
  | { readonly role: 'field'; readonly of: Expression }
  /** When the event arrived: known to the engine, no part of the event. */
  | { readonly role: 'arrival' };

/** What people see of a column: its name in words, what it is counted in, and what it means. */
export interface Wording {
  readonly label: string;
  readonly unit?: string;
  readonly description: string;
}

export interface ColumnPlan extends Wording {
  readonly name: string;
  readonly value: ColumnValue;
}

/** A declared metric, checked and frozen: plain data that can be stored, compared and compiled. */
export interface ViewPlan extends Wording {
  readonly name: string;
  readonly kit: Kit;
  readonly kind: Kind;
  /** Events (or parent rows) that count; all when absent. */
  readonly where?: Expression;
  readonly columns: readonly ColumnPlan[];
  /** Changes when anything that can change a number does; words may change freely. */
  readonly fingerprint: string;
}

export interface ViewDeclaration extends Wording {
  readonly name: string;
  readonly kit: Kit;
  readonly kind: Kind;
  readonly where?: Expression;
  readonly columns: Readonly<Record<string, Wording & { readonly value: ColumnValue }>>;
}

/**
 * Declares a view: checks it, freezes it and gives it a fingerprint.
 *
 * @param where where it was written, for messages; found from the stack when absent
 * @throws FootfallError `view.compile`, naming the view and the column, when the declaration cannot mean anything.
 * @example
 * view({
 *   name: 'views_by_country', kit: 'shop', label: 'Views by country', description: 'Product views an hour.',
 *   kind: window(tumbling(hours(1))), where: type('view'),
 *   columns: { window_start: windowStart(), window_end: windowEnd(), country: key(event('country'), words('Country', 'Where the visitor is')), views: measure(count(), words('Views', 'Product views')) },
 * })
 */
export function view(declaration: ViewDeclaration, where?: string): ViewPlan {
  const columns = Object.entries(declaration.columns).map(([name, column]) => ({ name, ...column }));
  const meaning = {
    name: declaration.name,
    kind: declaration.kind,
    where: declaration.where ?? null,
    columns: columns.map(({ name, value }) => ({ name, value })),
  };
  const fingerprint = createHash('sha256').update(JSON.stringify(meaning)).digest('hex').slice(0, 16);
  const plan: ViewPlan = { ...declaration, columns, fingerprint };
  checkView(plan, where);
  plans.add(plan);
  return deepFreeze(plan);
}

const plans = new WeakSet<object>();

/** True for what `view` returned. */
export const isPlan = (value: unknown): value is ViewPlan =>
  typeof value === 'object' && value !== null && plans.has(value);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
