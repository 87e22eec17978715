import { type EpochMicros, formatInstant } from '../../core/time.ts';
import { parseTimeText } from '../validate/parse-time.ts';
import { textOf, type WireValue } from './wire-value.ts';

/**
 * Time of an event by the server's clock: what the sender's clock said of the event, put right by how far that clock was
 * off when it sent the message. Without a time of sending the event's time stands as it was said, without a time of the
 * event it is that of its arrival.
 *
 * @param said time of the event, by the sender's clock; what cannot be read is given back, to be refused
 * @param sent time of sending, by the same clock
 * @example correctedTime('2026-03-01T12:00:00Z', '2026-03-01T12:00:10Z', arrival) // 10 s before arrival
 */
export function correctedTime(
  said: WireValue | undefined,
  sent: WireValue | undefined,
  arrival: EpochMicros,
): WireValue {
  const text = textOf(said);
  if (text === undefined) return said === undefined || said === null || said === '' ? formatInstant(arrival) : said;
  const at = parseTimeText(text);
  const sentAt = parseTimeText(textOf(sent) ?? '');
  return at < 0 || sentAt < 0 ? text : formatInstant(arrival - (sentAt - at));
}
