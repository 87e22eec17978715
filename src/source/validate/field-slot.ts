import { type ColumnStore, EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import { MAX_SYMBOL_BYTES, MAX_TEXT_BYTES } from './limits.ts';

/** A canonical field as the parser needs it: looked up once for a column or key, never per value. */
export interface FieldSlot {
  readonly field: EventField;
  readonly store: ColumnStore;
  /** Index of its writer in a batch under construction. */
  readonly index: number;
  /** Bytes that a value may have. */
  readonly limit: number;
}

const IDS: ReadonlySet<string> = new Set(['event_id', 'order_id']);

const SLOTS = new Map<EventField, FieldSlot>(
  EVENT_COLUMNS.map(({ name, store }, index) => [
    name,
    { field: name, store, index, limit: store === 'text' && !IDS.has(name) ? MAX_TEXT_BYTES : MAX_SYMBOL_BYTES },
  ]),
);

/** Slots of the fields that a source column stands for. */
export const slotsOf = (fields: readonly EventField[]): readonly FieldSlot[] =>
  fields.flatMap((field) => SLOTS.get(field) ?? []);
