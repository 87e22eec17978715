import type { Rejected } from '../../core/batch.ts';
import { EVENT_ERRORS } from '../../core/errors/catalogue/event-errors.ts';
import type { EventCode } from './event-code.ts';
import { MAX_EVENT_BYTES } from './limits.ts';

const SHOWN = 200;
const lenient = new TextDecoder();

/** The rejection of an event: its bytes are copied (up to 64 KiB), its value is shown (up to 200 characters). */
export const rejection = (
  code: EventCode,
  pointer: string,
  partition: number,
  position: number,
  event: Uint8Array,
  value: Uint8Array | null,
): Rejected => {
  const shown = value === null ? '' : lenient.decode(value.subarray(0, SHOWN * 4)).slice(0, SHOWN);
  return {
    partition,
    position,
    code,
    pointer,
    message: shown === '' ? EVENT_ERRORS[code].message : `${EVENT_ERRORS[code].message}: ${shown}`,
    bytes: event.slice(0, MAX_EVENT_BYTES) as Uint8Array<ArrayBuffer>,
  };
};
