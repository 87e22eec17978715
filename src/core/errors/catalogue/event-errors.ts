import { area } from '../error-entry.ts';

const event = area({ exit: 'input', http: 422, whose: 'user', retry: false });

/** Why one event is refused. The event waits in quarantine with its original bytes; the rest goes on. */
export const EVENT_ERRORS = {
  'event.price_negative': event(
    'negative price',
    'the price is negative',
    'send returns as refund events with the amount that was paid back',
  ),
  'event.price_precision': event(
    'over-precise money',
    'the amount of money has more than 4 decimals',
    'round prices and amounts to at most 4 decimals where they are made',
  ),
  'event.price_range': event(
    'money out of range',
    'the amount of money is not below 1,000,000,000',
    'check the unit: cents or another currency may have been sent as whole units',
  ),
  'event.price_number': event(
    'price is no number',
    'the price is not a finite number',
    'send a decimal number such as 33.20, without signs or separators; leave it empty if there is none',
  ),
  'event.time_missing': event(
    'missing time',
    'the event has no time',
    'fill event_time, or map the column that holds it',
  ),
  'event.time_format': event(
    'unreadable time',
    'the time is not one that exists in a known format',
    'send ISO 8601 such as 2019-10-01T00:00:00Z, "2019-10-01 00:00:00 UTC", or seconds since 1970',
  ),
  'event.time_range': event(
    'time out of range',
    'the time is before 1990 or after 2200',
    'check the unit: seconds, milliseconds and microseconds since 1970 are told apart by their size',
  ),
  'event.future': event(
    'time in the future',
    'the time is more than 5 minutes after arrival',
    "set the sender's clock, and check the zone of its times",
  ),
  'event.sealed': event(
    'time is sealed',
    'results of the time of the event are sealed: nothing of then changes any more',
    'the setting history says how long they do',
  ),
  'event.type_missing': event(
    'missing type',
    'the event has no type',
    'fill event_type, or map the column that holds it',
  ),
  'event.field_type': event(
    'wrong type',
    'the value does not fit the type of the field',
    'send text where the field is text and a number where it is a number',
  ),
  'event.field_size': event(
    'oversized field',
    'the field or the event is too large',
    'keep ids within 1 KB, texts within 8 KB and an event within 64 KB',
  ),
  'event.field_count': event(
    'too many fields',
    'the event has more than 256 fields',
    'put what belongs together into one object under properties',
  ),
  'event.utf8': event('wrong encoding', 'the text is not valid UTF-8', 'write the file or request as UTF-8'),
  'event.truncated': event(
    'cut row',
    'the last row is cut in the middle',
    'copy the file again; if it is still being written, replay it when it is complete',
  ),
  'event.json': event(
    'not a JSON object',
    'the line is not a JSON object nested at most 32 deep',
    'write one JSON object a line',
  ),
  'event.columns': event(
    'wrong number of cells',
    'the row has another number of cells than the header',
    'quote cells that contain the separator',
  ),
  'event.quantity': event(
    'wrong quantity',
    'the quantity is not a whole number from 0 to 999,999',
    'send the number of pieces; leave it empty for one',
  ),
  'event.amount': event(
    'amount is no number',
    'the amount is not a number with at most 4 decimals',
    "send the line's total as a decimal number; leave it empty for price times quantity",
  ),
  'event.id_conflict': event(
    'same id, other content',
    'an event with this id but other content came before; the first stays',
    'give every event an id of its own; send corrections as events of their own',
  ),
  'event.quote': event(
    'broken quotes',
    'a quoted cell is not closed, or text follows its closing quote',
    'double the quotes inside a quoted cell',
  ),
};
