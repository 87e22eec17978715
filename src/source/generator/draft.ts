/** An event on its way to a row: numbers only. One object is filled again and again; `Held` keeps those that wait. */
export interface Draft {
  /** Number of the event, from 1; its id is made of it. */
  sequence: number;
  /** Milliseconds since 1970 UTC. */
  time: number;
  /** Index into EVENT_TYPES. */
  type: number;
  /** Product number, or -1. */
  product: number;
  /** Unit price in cents. */
  price: number;
  quantity: number;
  /** Order number, 0 = none. */
  order: number;
  /** Session slot, or -1 for what happens outside visits. */
  session: number;
  /** Category that the visit is in: it may be in another one when a waiting event is written. */
  category: number;
  /** Who did it; -1 = nobody. */
  person: number;
  /** 1 if the visit's cookie was not yet known to be this person's: the row has no user_id. */
  anonymous: number;
  /** 1 for the second visitor of a session (after logging in, or another person). */
  second: number;
  place: number;
  /** 1 on the first event of a visit: it carries where the visit came from. */
  landing: number;
  /** Index into ANOMALIES plus one, 0 = none. */
  anomaly: number;
  bot: number;
}

export const newDraft = (): Draft => ({
  sequence: 0,
  time: 0,
  type: 0,
  product: -1,
  price: 0,
  quantity: 1,
  order: 0,
  session: -1,
  category: 0,
  person: -1,
  anonymous: 0,
  second: 0,
  place: 0,
  landing: 0,
  anomaly: 0,
  bot: 0,
});

/** Why an event waits: it comes late, it is a second copy, or it is not due yet (refunds and restocks). */
export type Wait = 'late' | 'copy' | 'due';

/** Events that wait. Few at a time, so objects are kept and used again. */
export class Held {
  readonly #drafts: Draft[] = [];
  readonly #waits: Wait[] = [];
  readonly #free: number[] = [];

  put(draft: Draft, wait: Wait): number {
    const slot = this.#free.pop() ?? this.#drafts.length;
    const kept = this.#drafts[slot];
    if (kept === undefined) this.#drafts[slot] = { ...draft };
    else Object.assign(kept, draft);
    this.#waits[slot] = wait;
    return slot;
  }

  wait(slot: number): Wait {
    return this.#waits[slot] as Wait;
  }

  /** Good until the next `put`. */
  take(slot: number): Draft {
    this.#free.push(slot);
    return this.#drafts[slot] as Draft;
  }
}
