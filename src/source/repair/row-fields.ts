import type { RowShape } from '../../core/row-shape.ts';
import { BLOCK_SLACK } from '../block.ts';
import { CsvRow } from '../csv/csv-row.ts';
import { JsonScanner } from '../ndjson/json-scanner.ts';

/**
 * A field of a row: its name, and its value as it came, one character a byte, so that what no step touches goes through
 * unchanged, whatever it is. Of CSV the cell without its quotes, of JSON the value as it is written.
 */
export interface RowField {
  readonly name: string;
  readonly value: string;
}

type Format = RowShape['format'];

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf8 = (text: string): string => bytesOf(text).toString('utf8');
const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** The fields of a row as it came; null when it cannot be taken apart. */
export function fieldsOf(bytes: Uint8Array, shape: RowShape): readonly RowField[] | null {
  return shape.format === 'csv' ? cellsOf(bytes, shape.columns) : membersOf(bytes);
}

/** The fields as a row again, without the end of the line. */
export function rowOf(fields: readonly RowField[], format: Format): Uint8Array {
  if (format === 'csv') return bytesOf(fields.map(({ value }) => quoted(value)).join(','));
  return bytesOf(`{${fields.map(({ name, value }) => `${asBytes(JSON.stringify(name))}:${value}`).join(',')}}`);
}

/** What a value says, as text; null where it is empty. */
export function textOf({ value }: RowField, format: Format): string | null {
  if (format === 'csv') return value === '' ? null : utf8(value);
  if (value === 'null') return null;
  const written = utf8(value);
  if (!value.startsWith('"')) return written;
  const text = JSON.parse(written) as string;
  return text === '' ? null : text;
}

/** A field that says a text, or nothing. */
export function fieldOf(name: string, text: string | null, format: Format): RowField {
  if (format === 'csv') return { name, value: asBytes(text ?? '') };
  return { name, value: asBytes(JSON.stringify(text)) };
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function cellsOf(bytes: Uint8Array, columns: readonly string[]): readonly RowField[] | null {
  const row = new CsvRow();
  if (row.scan(bytes, 0, bytes.length, true) !== 'row') return null;
  if (row.cells !== columns.length || row.end !== bytes.length) return null;
  return columns.map((name, cell) => {
    const value = latin1(bytes.subarray(row.bounds[cell * 2], row.bounds[cell * 2 + 1]));
    return { name, value: row.doubled[cell] === 1 ? value.replaceAll('""', '"') : value };
  });
}

const [OPEN, CLOSE, COLON, COMMA, QUOTE] = [0x7b, 0x7d, 0x3a, 0x2c, 0x22];

function membersOf(content: Uint8Array): readonly RowField[] | null {
  const bytes = new Uint8Array(content.length + BLOCK_SLACK);
  bytes.set(content);
  const scanner = new JsonScanner();
  scanner.over(bytes, new DataView(bytes.buffer), content.length);
  const fields: RowField[] = [];
  let at = scanner.space(0);
  if (bytes[at] !== OPEN) return null;
  at = scanner.space(at + 1);
  while (bytes[at] !== CLOSE) {
    if (bytes[at] !== QUOTE) return null;
    const nameEnd = scanner.string(at);
    if (nameEnd < 0) return null;
    const name = JSON.parse(Buffer.from(bytes.subarray(at, nameEnd)).toString('utf8')) as string;
    const colon = scanner.space(nameEnd);
    if (bytes[colon] !== COLON) return null;
    const from = scanner.space(colon + 1);
    const to = scanner.value(from, 1);
    if (to < 0) return null;
    fields.push({ name, value: latin1(bytes.subarray(from, to)) });
    at = scanner.space(to);
    if (bytes[at] === COMMA) at = scanner.space(at + 1);
    else if (bytes[at] !== CLOSE) return null;
  }
  return scanner.space(at + 1) >= content.length ? fields : null;
}
