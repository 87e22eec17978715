/** Bytes of an id or symbol. */
export const MAX_SYMBOL_BYTES = 1024;
/** Bytes of a text. */
export const MAX_TEXT_BYTES = 8 * 1024;
/** Bytes of a whole event. */
export const MAX_EVENT_BYTES = 64 * 1024;
export const MAX_FIELDS = 256;
/** Levels of nesting of a JSON event. */
export const MAX_DEPTH = 32;

/** Units of money (1/10,000) that |price| and |amount| must stay below. */
export const MONEY_LIMIT = 1e13;
export const QUANTITY_LIMIT = 1e6;

/** How far an event may be ahead of its arrival, microseconds. */
export const FUTURE_MICROS = 5 * 60 * 1_000_000;
