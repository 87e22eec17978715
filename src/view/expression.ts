import type { EventField } from '../core/event.ts';
import type { LedgerPart } from './ledger-part.ts';

/**
 * What a view may read of an event: the canonical columns, and the ones every event has by derivation.
 * `visitor` is user_id, else anonymous_id; `category_name` is the resolved category (semantics, "Facts and
 * dimensions").
 */
export type EventInput = EventField | 'visitor' | 'category_name';

export type Literal = string | number | boolean;

/** An expression over one event (or, in a rollup, over one row of the parent view): plain, serialisable data. */
export type Expression =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Literal }
  | {
      readonly kind: 'compare';
      readonly op: '=' | '<>' | '<' | '<=' | '>' | '>=';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'among'; readonly of: Expression; readonly values: readonly Literal[] }
  | { readonly kind: 'all'; readonly of: readonly Expression[] }
  | { readonly kind: 'any'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'missing'; readonly of: Expression }
  /** Hour 0-23, weekday 1 (Sunday) to 7, or month as 'YYYY-MM' of a time, in the shop's zone. */
  | { readonly kind: 'calendar'; readonly part: 'hour' | 'weekday' | 'month'; readonly of: Expression }
  /** The label of the first band whose upper bound (exclusive) is above the value; `missing` when it is null. */
  | {
      readonly kind: 'band';
      readonly of: Expression;
      readonly bounds: readonly (readonly [number, string])[];
      readonly above: string;
      readonly missing: string;
    }
  /** A value renamed by a table; values not in it stay as they are. */
  | { readonly kind: 'rename'; readonly of: Expression; readonly names: Readonly<Record<string, string>> }
  /** The first of some values that is not null. */
  | { readonly kind: 'either'; readonly of: readonly Expression[] }
  /** Whether no fact says that the event's visitor is a bot at its time. */
  | { readonly kind: 'human' }
  /** Microseconds from one time to another, a whole number. */
  | { readonly kind: 'elapsed'; readonly from: Expression; readonly to: Expression }
  /** A property of the event as text: what came with it and has no column. Null where it has none of that name. */
  | { readonly kind: 'property'; readonly name: string }
  /** A column of the product or user dimension, in the version of the event's time. */
  | {
      readonly kind: 'dimension';
      readonly dimension: 'product' | 'user';
      readonly name: string;
      /** Column of the event that stands in where the dimension knows nothing. */
      readonly otherwise?: EventInput;
    };

/** A column of the event. @example event('price') */
export const event = (name: EventInput): Expression => ({ kind: 'column', name });
/** In measures of a match: how many others followed the event. */
export const matched: Expression = { kind: 'column', name: 'matched' };
/** @example equals(property('restocked'), 'true') // of {"restocked":true} and of {"restocked":"true"} */
export const property = (name: string): Expression => ({ kind: 'property', name });
/** What a ledger keeps of a key. @example ledgerPart('balance') */
export const ledgerPart = (name: LedgerPart): Expression => ({ kind: 'column', name });
/** A column of the view that a rollup reads. @example parent('session_start') */
export const parent = (name: string): Expression => ({ kind: 'column', name });
export const literal = (value: Literal): Expression => ({ kind: 'literal', value });
export const equals = (left: Expression, right: Literal): Expression => ({
  kind: 'compare',
  op: '=',
  left,
  right: literal(right),
});
export const above = (left: Expression, right: Literal): Expression => ({
  kind: 'compare',
  op: '>',
  left,
  right: literal(right),
});
export const among = (of: Expression, ...values: Literal[]): Expression => ({ kind: 'among', of, values });
export const all = (...of: Expression[]): Expression => ({ kind: 'all', of });
export const any = (...of: Expression[]): Expression => ({ kind: 'any', of });
/** @example either(event('order_id'), event('event_id')) */
export const either = (...of: Expression[]): Expression => ({ kind: 'either', of });
export const not = (of: Expression): Expression => ({ kind: 'not', of });
export const missing = (of: Expression): Expression => ({ kind: 'missing', of });
export const hourOf = (of: Expression): Expression => ({ kind: 'calendar', part: 'hour', of });
export const weekdayOf = (of: Expression): Expression => ({ kind: 'calendar', part: 'weekday', of });
export const monthOf = (of: Expression): Expression => ({ kind: 'calendar', part: 'month', of });
export const rename = (of: Expression, names: Readonly<Record<string, string>>): Expression => ({
  kind: 'rename',
  of,
  names,
});
export const product = (name: string, otherwise?: EventInput): Expression => ({
  kind: 'dimension',
  dimension: 'product',
  name,
  ...(otherwise === undefined ? {} : { otherwise }),
});
/** @example where: all(type('view'), human()) */
export const human = (): Expression => ({ kind: 'human' });
export const user = (name: string): Expression => ({ kind: 'dimension', dimension: 'user', name });

export const elapsed = (from: Expression, to: Expression): Expression => ({ kind: 'elapsed', from, to });

/** True for events of one of these types. @example type('view', 'list_click') */
export const type = (...types: string[]): Expression => among(event('event_type'), ...types);

/** Every column name that an expression reads. */
export function columnsRead(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'column':
      return [expression.name];
    case 'property':
      return ['properties'];
    case 'literal':
    case 'human':
    case 'dimension':
      return [];
    case 'compare':
      return [...columnsRead(expression.left), ...columnsRead(expression.right)];
    case 'elapsed':
      return [...columnsRead(expression.from), ...columnsRead(expression.to)];
    case 'all':
    case 'any':
    case 'either':
      return expression.of.flatMap(columnsRead);
    default:
      return columnsRead(expression.of);
  }
}
