import { EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import { isObject, type WireObject, type WireValue } from './wire-value.ts';

/** Names of a message and the fields that they fill, those that come first winning: `[['sku', 'product_id']]`. */
export type FieldNames = readonly (readonly [name: string, field: EventField])[];

const CANONICAL: ReadonlySet<string> = new Set(EVENT_COLUMNS.map(({ name }) => name));

/**
 * A canonical event in the making. Nothing is checked here: what does not fit is refused by the parser of events, and
 * `pointerOf` says where in the body it was.
 */
export class Draft {
  readonly #fields = new Map<EventField, { readonly value: WireValue; readonly pointer: string }>();
  readonly #rest = new Map<string, WireValue>();
  /** Where in the body it was said; `/batch/0/properties/products/1` for the second of several products. */
  readonly pointer: string;
  readonly #instead: WireValue | undefined;

  /** @param instead what stands in the place of an event and is none, such as a number: handed on, to be refused */
  constructor(pointer = '', instead?: WireValue) {
    this.pointer = pointer;
    this.#instead = instead;
  }

  has(field: EventField): boolean {
    return this.#fields.has(field);
  }

  /** Text of a field that was given as text. */
  text(field: EventField): string | undefined {
    const value = this.#fields.get(field)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  /** Fills a field unless it is filled; null, empty text and what is not there fill nothing. @returns whether it did */
  set(field: EventField, value: WireValue | undefined, pointer: string): boolean {
    if (value === undefined || value === null || value === '' || this.#fields.has(field)) return false;
    this.#fields.set(field, { value, pointer });
    return true;
  }

  /** Keeps a value that has no field, as a property. */
  keep(name: string, value: WireValue | undefined): void {
    if (value !== undefined && value !== null && !this.#rest.has(name)) this.#rest.set(name, value);
  }

  /** Fills fields from an object. @returns the names that were used: they are said already */
  fill(object: WireObject, pointer: string, names: FieldNames): ReadonlySet<string> {
    const used = new Set<string>();
    for (const [name, field] of names) {
      if (!Object.hasOwn(object, name)) continue;
      const value = object[name];
      if (this.set(field, value, `${pointer}/${name}`) || this.#fields.get(field)?.value === value) used.add(name);
    }
    return used;
  }

  /** Fills fields from an object, and keeps the rest of it but for `not`. */
  take(object: WireObject, pointer: string, names: FieldNames, not: ReadonlySet<string> = new Set()): void {
    const used = this.fill(object, pointer, names);
    for (const [name, value] of Object.entries(object)) if (!used.has(name) && !not.has(name)) this.keep(name, value);
  }

  /** Keeps what is left of an object under a name, if anything is. */
  keepRest(name: string, object: WireValue | undefined, used: ReadonlySet<string>): void {
    if (!isObject(object)) {
      this.keep(name, object);
      return;
    }
    const rest = Object.entries(object).filter(([each, value]) => !used.has(each) && value !== null);
    if (rest.length > 0) this.keep(name, Object.fromEntries(rest));
  }

  /** Where in the body a field of the event stands; the event's own place where it is not known. */
  pointerOf(field: string): string {
    return this.#fields.get(field as EventField)?.pointer ?? this.pointer;
  }

  /** The event as a line of canonical JSON. */
  line(): string {
    if (this.#instead !== undefined) return JSON.stringify(this.#instead);
    const own: string[] = [];
    const clashing: string[] = [];
    for (const [field, { value }] of this.#fields) own.push(pair(field, value));
    for (const [name, value] of this.#rest) (CANONICAL.has(name) ? clashing : own).push(pair(name, value));
    // A property that is called as a field is must not be taken for it.
    if (clashing.length > 0) own.push(`"properties":{${clashing.join(',')}}`);
    return `{${own.join(',')}}`;
  }
}

const pair = (name: string, value: WireValue): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;
