import type { EVENT_ERRORS } from '../../core/errors/catalogue/event-errors.ts';

/** Why an event can be refused by the parser: a code of the error catalogue. */
export type EventCode = keyof typeof EVENT_ERRORS;
