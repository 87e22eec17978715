import type { CanonicalEvent } from '../../src/core/event.ts';
import { rees46Type, rees46Word } from './event-word.ts';
import { formatInstant, parseInstant } from './instant.ts';

const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';

/** Line ending and opening of a file, as real exports differ. */
export interface CsvForm {
  readonly newline?: '\n' | '\r\n';
  readonly byteOrderMark?: boolean;
}

/** The part of an event that a REES46 row can carry: what the oracle must be given to predict such a file. */
export function asRees46(event: CanonicalEvent): CanonicalEvent {
  return {
    event_time: formatInstant(parseInstant(event.event_time)),
    event_type: rees46Type(event.event_type),
    product_id: event.product_id ?? null,
    category_id: event.category_id ?? null,
    category_code: event.category_code ?? null,
    brand: event.brand ?? null,
    price: event.price ?? null,
    user_id: event.user_id ?? null,
    session_id: event.session_id ?? null,
  };
}

/**
 * A REES46 file as UTF-8 bytes: times as `2019-10-01 00:00:00 UTC`, with a fraction only where there is one; null is an
 * empty cell. Fields without a column are left out, see `asRees46`.
 */
export function writeRees46(events: readonly CanonicalEvent[], form: CsvForm = {}): Buffer {
  const newline = form.newline ?? '\n';
  const lines = events.map((event) =>
    [
      csvTime(event.event_time),
      rees46Word(event.event_type),
      event.product_id,
      event.category_id,
      event.category_code,
      event.brand,
      event.price,
      event.user_id,
      event.session_id,
    ]
      .map((value) => csvCell(value ?? ''))
      .join(','),
  );
  const mark = form.byteOrderMark === true ? '\uFEFF' : '';
  return Buffer.from(`${mark}${[HEADER, ...lines].join(newline)}${newline}`);
}

/**
 * Reads a REES46 file whose cells have no quotes, as the published ones do.
 *
 * @throws Error when the header or a row has another shape
 */
export function readRees46(text: string): CanonicalEvent[] {
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  if (header !== HEADER) throw new Error(`not a REES46 header: ${header}`);
  return lines.map((line) => {
    const cells = line.split(',').map((cell) => (cell === '' ? null : cell));
    const [time, word, product_id = null, category_id = null, category_code = null, brand = null, ...rest] = cells;
    const [price = null, user_id = null, session_id = null] = rest;
    if (cells.length !== 9 || line.includes('"') || time == null || word == null) throw new Error(`bad row: ${line}`);
    return {
      event_time: time.replace(' ', 'T').replace(' UTC', 'Z'),
      event_type: rees46Type(word),
      product_id,
      category_id,
      category_code,
      brand,
      price,
      user_id,
      session_id,
    };
  });
}

function csvTime(text: string): string {
  const iso = formatInstant(parseInstant(text));
  const fraction = iso.slice(20, 26).replace(/0+$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`} UTC`;
}

const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
