import type { EventField } from '../../core/event.ts';
import { BLOCK_SLACK, type Block, type BlockParser, type Parsed } from '../block.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import type { EventCode } from '../validate/event-code.ts';
import { type Bytes, bytesOf, decodeText, EventWriter } from '../validate/event-writer.ts';
import type { FieldSlot } from '../validate/field-slot.ts';
import { MAX_EVENT_BYTES, MAX_FIELDS } from '../validate/limits.ts';
import { rejection } from '../validate/rejection.ts';
import { JsonScanner } from './json-scanner.ts';
import { type Key, KeyTable } from './key-table.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const encoder = new TextEncoder();

/** Why a line was refused: the key that is wrong and its value. */
interface Fault {
  readonly code: EventCode;
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Parser of JSON objects, one a line. @see BlockParser */
export class NdjsonParser implements BlockParser {
  readonly #writer: EventWriter;
  readonly #scanner = new JsonScanner();
  readonly #keys: KeyTable;
  readonly #scratch = new Uint8Array(MAX_EVENT_BYTES * 2 + BLOCK_SLACK);
  readonly #scratchSource = bytesOf(this.#scratch, new DataView(this.#scratch.buffer));
  #source: Bytes = this.#scratchSource;
  #properties: Map<string, string> | undefined;
  #lineEnd = 0;

  constructor(mapping: Mapping) {
    this.#keys = new KeyTable(mapping);
    this.#writer = new EventWriter(mapping.types, mapping.type);
  }

  parse(block: Block): Parsed {
    const { bytes, view, end, base, batch, partition, until } = block;
    if (this.#source.bytes !== bytes) this.#source = bytesOf(bytes, view);
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
      // Most lines are whole objects: their end is found on the way.
      let fault = this.#line(block, at, end);
      let closed = true;
      let lineEnd = this.#lineEnd;
      if (fault !== null || lineEnd >= end || lineEnd - at > MAX_EVENT_BYTES) {
        batch.discard();
        const found = bytes.indexOf(LF, at);
        closed = found >= 0 && found < end;
        if (!closed && !block.final && !block.full) return stop('more');
        lineEnd = closed ? found : end;
        fault = lineEnd - at > MAX_EVENT_BYTES ? whole('event.field_size') : this.#line(block, at, lineEnd);
      }
      if (fault === null) {
        const time = this.#writer.time;
        if (time > until) {
          batch.discard();
          return stop('later', time);
        }
        batch.commit(time, partition, base + at);
        if (time > clock) clock = time;
        rows += 1;
      } else if (fault !== EMPTY) {
        batch.discard();
        const cut = !closed && fault.code === 'event.json';
        if (cut && end - at === block.knownCut) return stop('more', 0, end - at);
        const pointer = fault.key === '' ? '' : `/${fault.key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        batch.reject(
          rejection(
            cut ? 'event.truncated' : fault.code,
            pointer,
            partition,
            base + at,
            bytes.subarray(at, lineEnd),
            fault.value,
          ),
        );
        if (cut) return stop('more', 0, end - at);
        rows += 1;
      }
      at = closed ? lineEnd + 1 : lineEnd;
    }
    return stop('more');
  }

  /** Writes the event that starts at `start` and ends, with its line, at `#lineEnd`. */
  #line(block: Block, start: number, end: number): Fault | null {
    const { bytes, view } = block;
    const scanner = this.#scanner;
    scanner.over(bytes, view, end);
    this.#writer.begin();
    this.#properties = undefined;
    let at = scanner.space(start);
    if (at >= end) return EMPTY;
    if (bytes[at] !== 0x7b) return BROKEN;
    at = scanner.space(at + 1);
    let fields = 0;
    let fault: Fault | null = null;
    let previous = -1;
    if (at < end && bytes[at] === 0x7d) at += 1;
    else {
      for (;;) {
        let key: Key | undefined;
        const expected = this.#keys.expected(view, at, previous);
        if (expected >= 0) {
          key = this.#keys.keys[expected];
          at += this.#keys.patternLength(expected);
        } else {
          if (bytes[at] !== QUOTE) return BROKEN;
          const keyEnd = scanner.string(at);
          if (keyEnd < 0) return BROKEN;
          key = this.#keys.find(bytes, view, at, keyEnd, scanner.kind === 'escaped', previous);
          at = scanner.space(keyEnd);
          if (bytes[at] !== COLON) return BROKEN;
          at += 1;
        }
        previous = key?.index ?? -1;
        const valueStart = bytes[at] === 0x20 ? scanner.space(at) : at;
        at = scanner.value(valueStart, 1);
        if (at < 0) return BROKEN;
        fields += 1;
        // A broken line is called broken even when a value before the break does not fit.
        if (fault === null) fault = key === undefined ? whole('event.utf8') : this.#member(block, key, valueStart, at);
        if (bytes[at] !== COMMA) at = scanner.space(at);
        if (at >= end) return BROKEN;
        if (bytes[at] === COMMA) {
          at = bytes[at + 1] === QUOTE ? at + 1 : scanner.space(at + 1);
          continue;
        }
        if (bytes[at] !== 0x7d) return BROKEN;
        at += 1;
        break;
      }
    }
    at = scanner.space(at);
    if (at < end && bytes[at] !== LF) return BROKEN;
    this.#lineEnd = at;
    if (fields > MAX_FIELDS) return whole('event.field_count');
    if (fault !== null) return fault;
    if (this.#properties !== undefined) this.#keepProperties(block, this.#properties);
    const missing = this.#writer.complete(block.batch, block.arrival);
    return missing === null ? null : { code: missing.code, key: this.#keyFor(missing.field), value: null };
  }

  #member(block: Block, key: Key, start: number, end: number): Fault | null {
    const { batch } = block;
    const scanner = this.#scanner;
    const { kind } = scanner;
    if (key.slots.length === 0) return kind === 'null' ? null : this.#property(block, key, start, end);
    const writer = this.#writer;
    const source = this.#source;
    for (const slot of key.slots) {
      let code: EventCode | null = null;
      if (kind === 'text') code = writer.text(batch, slot, source, start + 1, end - 1, scanner.hash, scanner.ascii);
      else if (kind === 'number') code = writer.value(batch, slot, source, start, end, 'number');
      else if (kind === 'null') writer.none(batch, slot);
      else if (kind === 'escaped') code = this.#escaped(block, slot, start, end);
      else if (kind === 'object') code = writer.value(batch, slot, source, start, end, 'other');
      else code = 'event.field_type';
      if (code !== null) return { code, key: key.name, value: block.bytes.slice(start, end) };
    }
    return null;
  }

  #property(block: Block, key: Key, start: number, end: number): Fault | null {
    const text = this.#scanner.ascii
      ? this.#source.buffer.toString('latin1', start, end)
      : decodeText(block.bytes, start, end);
    if (text === undefined) return { code: 'event.utf8', key: key.name, value: block.bytes.slice(start, end) };
    this.#properties ??= new Map();
    this.#properties.set(key.name, text);
    return null;
  }

  #escaped(block: Block, slot: FieldSlot, start: number, end: number): EventCode | null {
    const text = decodeText(block.bytes, start, end);
    if (text === undefined) return 'event.utf8';
    const value = JSON.parse(text) as string;
    if (!value.isWellFormed()) return 'event.utf8';
    const { written } = encoder.encodeInto(value, this.#scratch);
    return this.#writer.value(block.batch, slot, this.#scratchSource, 0, written, 'text');
  }

  #keepProperties({ batch }: Block, properties: ReadonlyMap<string, string>): void {
    const members = [...properties].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',');
    const given = batch.text('properties')?.trimEnd();
    const joined =
      given === undefined || /^\{\s*\}$/.test(given) ? `{${members}}` : `${given.slice(0, -1)},${members}}`;
    batch.columns.properties.set(batch.count, joined);
  }

  #keyFor(field: EventField): string {
    return this.#keys.keys.find(({ slots }) => slots.some((slot) => slot.field === field))?.name ?? field;
  }
}

const whole = (code: EventCode): Fault => ({ code, key: '', value: null });
/** A line of white space: no event, and no fault. */
const EMPTY: Fault = whole('event.json');
const BROKEN: Fault = whole('event.json');
