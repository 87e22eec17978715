import type { EventField } from '../../core/event.ts';
import { BLOCK_SLACK, type Block, type BlockParser, type Parsed } from '../block.ts';
import { BytesIndex, hashBytes } from '../columns/bytes-index.ts';
import { isPlain } from '../columns/symbol-table.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import type { EventCode } from '../validate/event-code.ts';
import { decodeText, EventWriter } from '../validate/event-writer.ts';
import { MAX_EVENT_BYTES, MAX_FIELDS } from '../validate/limits.ts';
import { rejection } from '../validate/rejection.ts';
import { JsonScanner } from './json-scanner.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const MAX_KEYS = 4096;
const encoder = new TextEncoder();

/** Why a line was refused: the key that is wrong and its value. */
interface Fault {
  readonly code: EventCode;
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Fields that a key stands for; none for a key that is kept as a property. */
interface Key {
  readonly name: string;
  readonly fields: readonly EventField[];
}

/** Parser of JSON objects, one a line. @see BlockParser */
export class NdjsonParser implements BlockParser {
  readonly #mapping: Mapping;
  readonly #writer: EventWriter;
  readonly #scanner = new JsonScanner();
  readonly #keys: Key[] = [];
  readonly #known = new BytesIndex();
  readonly #scratch = new Uint8Array(MAX_EVENT_BYTES * 2 + BLOCK_SLACK);
  readonly #scratchSource = { bytes: this.#scratch, view: new DataView(this.#scratch.buffer) };
  #source: { readonly bytes: Uint8Array; readonly view: DataView } = this.#scratchSource;
  #properties: Map<string, string> | undefined;

  constructor(mapping: Mapping) {
    this.#mapping = mapping;
    this.#writer = new EventWriter(mapping.types, mapping.type);
  }

  parse(block: Block): Parsed {
    const { bytes, view, end, base, batch, partition, arrival, until } = block;
    if (this.#source.bytes !== bytes) this.#source = { bytes, view };
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
      const found = bytes.indexOf(LF, at);
      const closed = found >= 0 && found < end;
      if (!closed && !block.final && !block.full) return stop('more');
      const lineEnd = closed ? found : end;
      const fault =
        lineEnd - at > MAX_EVENT_BYTES
          ? { code: 'event.field_size' as const, key: '', value: null }
          : this.#line(block, at, lineEnd, arrival);
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

  /** Writes the event of one line. */
  #line(block: Block, start: number, end: number, arrival: number): Fault | null {
    const { bytes, batch } = block;
    const scanner = this.#scanner;
    const writer = this.#writer;
    scanner.over(bytes, end);
    writer.begin();
    this.#properties = undefined;
    let at = scanner.space(start);
    if (at >= end) return EMPTY;
    if (bytes[at] !== 0x7b) return whole('event.json');
    at = scanner.space(at + 1);
    let fields = 0;
    let fault: Fault | null = null;
    if (at < end && bytes[at] === 0x7d) at += 1;
    else {
      for (;;) {
        const keyStart = at;
        if (bytes[at] !== QUOTE) return whole('event.json');
        at = scanner.string(at);
        if (at < 0) return whole('event.json');
        const keyEnd = at;
        const escaped = scanner.kind === 'escaped';
        at = bytes[at] === 0x3a ? at : scanner.space(at);
        if (at >= end || bytes[at] !== 0x3a) return whole('event.json');
        const valueStart = scanner.space(at + 1);
        at = scanner.value(valueStart, 1);
        if (at < 0) return whole('event.json');
        fields += 1;
        // A broken line is called broken even when a value before the break does not fit.
        fault ??= this.#member(block, keyStart, keyEnd, escaped, valueStart, at);
        if (at < end && bytes[at] !== 0x2c) at = scanner.space(at);
        if (at >= end) return whole('event.json');
        if (bytes[at] === 0x2c) {
          at = scanner.space(at + 1);
          continue;
        }
        if (bytes[at] !== 0x7d) return whole('event.json');
        at += 1;
        break;
      }
    }
    if (scanner.space(at) !== end) return whole('event.json');
    if (fields > MAX_FIELDS) return whole('event.field_count');
    if (fault !== null) return fault;
    this.#keepProperties(block);
    const missing = writer.complete(batch, arrival);
    return missing === null ? null : { code: missing.code, key: this.#keyFor(missing.field), value: null };
  }

  #member(
    block: Block,
    keyStart: number,
    keyEnd: number,
    keyEscaped: boolean,
    start: number,
    end: number,
  ): Fault | null {
    const { bytes, batch } = block;
    const kind = this.#scanner.kind;
    const key = this.#key(block, keyStart, keyEnd, keyEscaped);
    if (key === undefined) return whole('event.utf8');
    const fault = (code: EventCode): Fault => ({ code, key: key.name, value: bytes.slice(start, end) });
    if (key.fields.length === 0) {
      if (kind === 'null') return null;
      const text = decodeText(bytes, start, end);
      if (text === undefined) return fault('event.utf8');
      this.#properties ??= new Map();
      this.#properties.set(key.name, text);
      return null;
    }
    for (const field of key.fields) {
      let code: EventCode | null = null;
      if (kind === 'text') code = this.#writer.value(batch, field, this.#source, start + 1, end - 1, 'text');
      else if (kind === 'number') code = this.#writer.value(batch, field, this.#source, start, end, 'number');
      else if (kind === 'null') this.#writer.none(batch, field);
      else if (kind === 'escaped') code = this.#escaped(block, field, start, end);
      else if (kind === 'object') code = this.#writer.value(batch, field, this.#source, start, end, 'other');
      else code = 'event.field_type';
      if (code !== null) return fault(code);
    }
    return null;
  }

  #escaped(block: Block, field: EventField, start: number, end: number): EventCode | null {
    const text = decodeText(block.bytes, start, end);
    if (text === undefined) return 'event.utf8';
    const value = JSON.parse(text) as string;
    if (!value.isWellFormed()) return 'event.utf8';
    const { written } = encoder.encodeInto(value, this.#scratch);
    return this.#writer.value(block.batch, field, this.#scratchSource, 0, written, 'text');
  }

  #key(block: Block, start: number, end: number, escaped: boolean): Key | undefined {
    const { bytes, view } = block;
    const length = end - start - 2;
    const hash = hashBytes(view, start + 1, length);
    const found = escaped || length === 0 ? -1 : this.#known.find(view, start + 1, length, hash);
    if (found >= 0) return this.#keys[found];
    const text = decodeText(bytes, start, end);
    if (text === undefined) return undefined;
    const name = JSON.parse(text) as string;
    const key = { name, fields: Object.hasOwn(this.#mapping.fields, name) ? (this.#mapping.fields[name] ?? []) : [] };
    if (!escaped && this.#keys.length < MAX_KEYS && isPlain(bytes.subarray(start + 1, end - 1))) {
      this.#known.add(bytes, start + 1, length, hash, this.#keys.length);
      this.#keys.push(key);
    }
    return key;
  }

  #keepProperties({ batch }: Block): void {
    if (this.#properties === undefined) return;
    const members = [...this.#properties].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',');
    const given = batch.text('properties')?.trimEnd();
    const joined =
      given === undefined || /^\{\s*\}$/.test(given) ? `{${members}}` : `${given.slice(0, -1)},${members}}`;
    batch.columns.properties.set(batch.count, joined);
  }

  #keyFor(field: EventField): string {
    return this.#keys.find(({ fields }) => fields.includes(field))?.name ?? field;
  }
}

const whole = (code: EventCode): Fault => ({ code, key: '', value: null });
/** A line of white space: no event, and no fault. */
const EMPTY: Fault = whole('event.json');
