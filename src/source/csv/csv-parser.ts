import { BLOCK_SLACK, type Block, type BlockParser, type Parsed } from '../block.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import type { EventCode } from '../validate/event-code.ts';
import { type Bytes, bytesOf, decodeText, EventWriter, type ValueForm } from '../validate/event-writer.ts';
import { type FieldSlot, slotsOf } from '../validate/field-slot.ts';
import { MAX_EVENT_BYTES, MAX_FIELDS, MAX_TEXT_BYTES } from '../validate/limits.ts';
import { rejection } from '../validate/rejection.ts';
import { CsvFastRow } from './csv-fast-row.ts';
import { CsvRow } from './csv-row.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Why a row was refused: the column that is wrong and where its value stands. */
interface Fault {
  readonly code: EventCode;
  readonly column: number;
}

/** Parser of CSV rows under a known header. @see BlockParser */
export class CsvParser implements BlockParser {
  readonly #columns: readonly string[];
  readonly #slots: readonly (readonly FieldSlot[])[];
  readonly #forms: readonly ValueForm[];
  readonly #writer: EventWriter;
  readonly #fast: CsvFastRow | undefined;
  readonly #row = new CsvRow();
  readonly #scratch = new Uint8Array(MAX_EVENT_BYTES + BLOCK_SLACK);
  readonly #unquoted = bytesOf(this.#scratch, new DataView(this.#scratch.buffer));
  #source: Bytes = this.#unquoted;

  /** @param numeric columns whose cells are printed doubles, with the freedom of JSON numbers */
  constructor(mapping: Mapping, columns: readonly string[], numeric: ReadonlySet<string> = new Set()) {
    this.#forms = columns.map((column) => (numeric.has(column) ? 'number' : 'text'));
    this.#columns = columns;
    const fields = columns.map((column) =>
      Object.hasOwn(mapping.fields, column) ? (mapping.fields[column] ?? []) : [],
    );
    this.#slots = fields.map(slotsOf);
    this.#writer = new EventWriter(mapping.types, mapping.type);
    this.#fast = mapping.type === null ? CsvFastRow.of(fields, this.#writer) : undefined;
  }

  parse(block: Block): Parsed {
    const { bytes, view, end, base, byRow, batch, partition, arrival, until } = block;
    const fast = this.#fast;
    const writer = this.#writer;
    if (this.#source.bytes !== bytes) this.#source = bytesOf(bytes, view);
    fast?.bind(batch);
    let at = block.start;
    let clock = Number.NEGATIVE_INFINITY;
    let rows = 0;
    const stop = (reason: Parsed['reason'], laterAt = 0, cut = 0): Parsed => ({
      next: at,
      clock,
      rows,
      reason,
      laterAt,
      cut,
    });
    while (at < end) {
      if (rows >= block.rows || batch.full) return stop('limit');
      const next = fast === undefined ? -1 : fast.read(bytes, view, at, end, batch);
      if (next >= 0 && next <= end && fast !== undefined) {
        const time = fast.time;
        if (time > until) {
          batch.discard();
          return stop('later', time);
        }
        writer.time = time;
        if (writer.complete(batch, arrival) === null) {
          batch.commit(time, partition, byRow ? base + rows : base + at);
          if (time > clock) clock = time;
          at = next;
          rows += 1;
          continue;
        }
      }
      if (fast !== undefined) batch.discard();
      const row = this.#row;
      let outcome = row.scan(bytes, at, end, block.final);
      if (outcome === 'more' && end - at <= MAX_EVENT_BYTES) return stop('more');
      let fault: Fault | null = null;
      if (outcome !== 'row' || row.end - at > MAX_EVENT_BYTES) {
        // A quote that never closes must not swallow the rows after it: only its own line is lost.
        const size = outcome !== 'quote';
        outcome = this.#firstLine(block, at);
        if (outcome === 'more') return stop('more');
        fault = { code: size ? 'event.field_size' : 'event.quote', column: -1 };
      } else if (row.cells === 1 && row.end === at) {
        at = row.next;
        continue;
      } else {
        fault = this.#cells(block);
      }
      if (fault !== null && fault.code === 'event.columns' && this.#spansLines(bytes, at, row.end)) {
        fault = { code: 'event.quote', column: -1 };
        this.#firstLine(block, at);
      }
      if (fault === null && this.#writer.time > until) {
        batch.discard();
        return stop('later', this.#writer.time);
      }
      if (fault === null) {
        const time = this.#writer.time;
        batch.commit(time, partition, byRow ? base + rows : base + at);
        if (time > clock) clock = time;
      } else {
        batch.discard();
        const cut = !row.closed && (fault.code === 'event.columns' || fault.code === 'event.quote');
        if (cut && end - at === block.knownCut) return stop('more', 0, end - at);
        const code = cut ? 'event.truncated' : fault.code;
        const value = fault.column < 0 ? null : this.#valueOf(bytes, fault.column);
        batch.reject(
          rejection(
            code,
            this.#columns[fault.column] ?? '',
            partition,
            byRow ? base + rows : base + at,
            bytes.subarray(at, row.end),
            value,
          ),
        );
        if (cut) return stop('more', 0, end - at);
      }
      at = row.next;
      rows += 1;
    }
    return stop('more');
  }

  /** Writes the cells of the scanned row. */
  #cells(block: Block): Fault | null {
    const { batch } = block;
    const row = this.#row;
    const writer = this.#writer;
    writer.begin();
    if (row.cells !== this.#columns.length)
      return { code: row.cells > MAX_FIELDS ? 'event.field_count' : 'event.columns', column: -1 };
    let properties = '';
    let plain = this.#source;
    for (let column = 0; column < row.cells; column += 1) {
      let from = row.bounds[column * 2] as number;
      let to = row.bounds[column * 2 + 1] as number;
      if (to === from) continue;
      if (row.doubled[column] === 1) {
        to = this.#undouble(block.bytes, from, to);
        from = 0;
        plain = this.#unquoted;
      } else {
        plain = this.#source;
      }
      const slots = this.#slots[column] as readonly FieldSlot[];
      for (const slot of slots) {
        const code = writer.value(batch, slot, plain, from, to, this.#forms[column] as ValueForm);
        if (code !== null) return { code, column };
      }
      if (slots.length === 0) {
        if (to - from > MAX_TEXT_BYTES) return { code: 'event.field_size', column };
        const text = decodeText(plain.bytes, from, to);
        if (text === undefined) return { code: 'event.utf8', column };
        properties += `${properties === '' ? '{' : ','}${JSON.stringify(this.#columns[column])}:${JSON.stringify(text)}`;
      }
    }
    if (properties !== '') {
      const given = batch.text('properties');
      const joined =
        given === null || given === '{}' ? `${properties}}` : `${given.trimEnd().slice(0, -1)},${properties.slice(1)}}`;
      batch.columns.properties.set(batch.count, joined);
    }
    const fault = writer.complete(batch, block.arrival);
    if (fault !== null)
      return {
        code: fault.code,
        column: this.#slots.findIndex((slots) => slots.some(({ field }) => field === fault.field)),
      };
    return null;
  }

  /** Makes the scanned row the physical line at `at`. */
  #firstLine(block: Block, at: number): 'row' | 'more' {
    const { bytes, end } = block;
    const row = this.#row;
    const found = bytes.subarray(at, end).indexOf(LF);
    if (found < 0 && !block.final && !block.full) return 'more';
    const lineEnd = found < 0 ? end : at + found;
    row.cells = 0;
    row.closed = found >= 0;
    row.next = found < 0 ? end : lineEnd + 1;
    row.end = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    return 'row';
  }

  #spansLines(bytes: Uint8Array, start: number, end: number): boolean {
    return bytes.subarray(start, end).includes(LF);
  }

  #undouble(bytes: Uint8Array, from: number, to: number): number {
    let length = 0;
    for (let at = from; at < to; at += 1) {
      this.#scratch[length] = bytes[at] as number;
      length += 1;
      if (bytes[at] === 0x22) at += 1;
    }
    return length;
  }

  #valueOf(bytes: Uint8Array, column: number): Uint8Array | null {
    if (column >= this.#row.cells) return null;
    return bytes.subarray(this.#row.bounds[column * 2], this.#row.bounds[column * 2 + 1]);
  }
}
