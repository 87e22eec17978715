import { EVENT_COLUMNS } from '../core/event.ts';
import type { ColumnValue } from './view.ts';

/** What kind of value an expression yields, as far as it decides what may be done with it. */
export type InputType = 'symbol' | 'money' | 'integer' | 'double' | 'time' | 'id' | 'text' | 'boolean' | 'list';

const STORES = { time: 'time', money: 'money', count: 'integer', symbol: 'symbol', id: 'id', text: 'text' } as const;

/** Every column that an event has, with those it has by derivation. `wide` ones are kept apart from the hot columns. */
export const EVENT_INPUTS: ReadonlyMap<string, { readonly type: InputType; readonly wide: boolean }> = new Map([
  ...EVENT_COLUMNS.map(
    ({ name, store, table }) => [name, { type: STORES[store], wide: table === 'raw_extra' }] as const,
  ),
  ['visitor', { type: 'id', wide: false }] as const,
  ['category_name', { type: 'symbol', wide: false }] as const,
]);

/** What a match adds to its events: how many others followed. */
export const MATCHED = 'matched';

/** How a type is called in messages. */
export const inWords: Readonly<Record<InputType, string>> = {
  symbol: 'text',
  text: 'free text',
  money: 'money',
  integer: 'a whole number',
  double: 'an average or rate',
  time: 'a time',
  id: 'an id',
  boolean: 'a condition',
  list: 'a list',
};

export const isExactNumber = (type: InputType): boolean => type === 'money' || type === 'integer';
export const isNumber = (type: InputType): boolean => isExactNumber(type) || type === 'double';

/** Type of a session's own part; null where it is text that only reading makes, such as its status. */
export const sessionPartType = (part: Extract<ColumnValue, { role: 'session' }>['part']): InputType | null => {
  if (part === 'status') return null;
  return part === 'start' || part === 'end' ? 'time' : 'id';
};
