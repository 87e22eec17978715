import type { EventField } from '../../core/event.ts';

/**
 * The words of one kind of source: how its columns or keys are called in the canonical event. Plain data, so that it
 * travels to the parse worker as it is; declared in `shop/vocabularies/`.
 *
 * @example
 * { name: 'rees46', label: 'REES46', requires: ['event_time', 'user_session'],
 *   fields: { event_time: 'event_time', user_session: 'session_id' }, types: { cart: 'cart_add' } }
 */
export interface Vocabulary {
  readonly name: string;
  readonly label: string;
  /** A file is of this shape when it has all these columns; of several shapes, the one that requires most wins. */
  readonly requires: readonly string[];
  /** Source column or key → canonical field or fields. Others are kept as properties. */
  readonly fields: Readonly<Record<string, EventField | readonly EventField[]>>;
  /** The source's words for event types; other words stay as they are. */
  readonly types?: Readonly<Record<string, string>>;
  /** The type of every event that brings none, such as `purchase` in a stream of transactions. */
  readonly type?: string;
}

/** What a file was found to be: shown to its reader, and the plan of its parser. */
export interface Mapping {
  /** Name of the vocabulary, or `mapped` when only the caller's own mapping applies. */
  readonly shape: string;
  readonly label: string;
  /** Source column → canonical fields; a column that is not here is kept as a property. */
  readonly fields: Readonly<Record<string, readonly EventField[]>>;
  readonly types: Readonly<Record<string, string>>;
  readonly type: string | null;
}
