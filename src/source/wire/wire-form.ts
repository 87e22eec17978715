import type { EpochMicros } from '../../core/time.ts';
import type { Draft } from './draft.ts';
import type { WireObject, WireValue } from './wire-value.ts';

/** One message of a request: what its sender has a verdict for. */
export interface WireMessage {
  readonly value: WireObject;
  /** Where it is in the body, such as `/batch/3`; empty for the body itself. */
  readonly pointer: string;
  /** The body that it came in: what all of its messages share. */
  readonly body: WireObject;
}

/** What a form may know of the request besides its body. */
export interface WireRequest {
  readonly arrival: EpochMicros;
  /** The kind of message that the address says, such as `track`; null where it says none. */
  readonly kind: string | null;
}

/**
 * How clients that are in use write their events. Pure, and total: whatever JSON it is given, it makes drafts of it and
 * never throws; the parser of events refuses those that do not fit. Declared in `shop/vocabularies/wire/`.
 */
export interface WireForm {
  readonly name: string;
  readonly label: string;
  /** The messages of a body, each with its place; null where it holds none, and is no request of this form. */
  readonly messages: (body: WireValue) => readonly { readonly value: WireValue; readonly pointer: string }[] | null;
  /** A message's events: one for each of its products, or just one. */
  readonly events: (message: WireMessage, request: WireRequest) => Iterable<Draft>;
  /** Whether times are made from that of arrival: a message that is sent again comes out with another one. */
  readonly estimatesTimes: boolean;
  /** The source's words for event types. */
  readonly types: Readonly<Record<string, string>>;
}
