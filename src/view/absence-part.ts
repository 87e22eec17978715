import type { InputType } from './input-type.ts';

/**
 * What an absence shows of a cart: its last event; how many pieces are in it and what they are worth; the pieces by item;
 * when it was abandoned, and the first and all of what came in time after that.
 */
export const ABSENCE_PARTS = [
  'last_event',
  'items',
  'value',
  'contents',
  'abandoned_at',
  'recovered_at',
  'recovered_amount',
  'status',
] as const satisfies readonly string[];

export type AbsencePart = (typeof ABSENCE_PARTS)[number];

/** What each of an absence's expressions over events has to yield. */
export const ABSENCE_INPUTS = {
  item: 'symbol',
  quantity: 'integer',
  price: 'money',
  amount: 'money',
} as const satisfies Record<string, InputType>;
