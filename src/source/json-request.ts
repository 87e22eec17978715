import type { EventBatch } from '../core/batch.ts';
import type { RowShape } from '../core/row-shape.ts';
import type { EpochMicros } from '../core/time.ts';
import { BLOCK_SLACK } from './block.ts';
import { BatchBuilder } from './columns/batch-builder.ts';
import { withOwnSymbols } from './columns/own-symbols.ts';
import { SymbolTable } from './columns/symbol-table.ts';
import { NdjsonParser } from './ndjson/ndjson-parser.ts';
import { recognise } from './shape/recognise.ts';
import type { Vocabulary } from './shape/vocabulary.ts';
import { splitJson } from './split-json.ts';

/** A message of a request, and the rows that it became. */
export interface MessageRows {
  readonly from: number;
  readonly rows: number;
  /** Where in the request a field of its nth row was said; of the row itself for an empty field. */
  pointer(item: number, field: string): string;
}

/** The events of one request. */
export interface ParsedRequest {
  /** Values that it has: events and refused ones. */
  readonly rows: number;
  /** Positions of events and refused rows are their places in the request, counted from 0. */
  readonly batch: EventBatch;
  /** The bytes of a value. */
  line(place: number): Uint8Array<ArrayBuffer>;
  /** Where what was sent are messages that may hold several events: all of them, in order. */
  readonly messages?: readonly MessageRows[];
  /** Times were put right by the time of arrival: the same event sent again has another one. */
  readonly estimatedTimes?: true;
}

/** Makes checked events of a body; null where it is none. */
export interface RequestParser {
  parse(body: Uint8Array, arrival: EpochMicros): ParsedRequest | null;
}

/** Parser of requests in the words of one vocabulary: checked, columnar events, each with its place in the request. */
export class JsonRequestParser {
  readonly #parser: NdjsonParser;
  readonly #symbols = new SymbolTable([]);
  readonly #partition: string;
  readonly #shape: RowShape;

  /**
   * @param partition where its events are counted to come from
   * @throws Error when the vocabulary names neither time nor type
   */
  constructor(vocabulary: Vocabulary, partition: string) {
    const columns = Object.keys(vocabulary.fields);
    const found = recognise(columns, [vocabulary], {});
    if (found.outcome !== 'recognised')
      throw new Error(`vocabulary ${vocabulary.name} lacks ${found.missing.join(' and ')}`);
    const { fields, types, type } = found.mapping;
    this.#parser = new NdjsonParser(found.mapping);
    this.#partition = partition;
    this.#shape = { format: 'ndjson', columns, numeric: [], vocabulary: vocabulary.name, fields, types, type };
  }

  /**
   * @param body one JSON object, an array of them, or one a line
   * @returns null where the body's brackets do not match
   */
  parse(body: Uint8Array, arrival: EpochMicros): ParsedRequest | null {
    const lines = splitJson(body);
    if (lines === null) return null;
    const { starts } = lines;
    const bytes = new Uint8Array(lines.bytes.length + BLOCK_SLACK);
    bytes.set(lines.bytes);
    const builder = new BatchBuilder(Math.max(1, starts.length), this.#symbols);
    const { clock } = this.#parser.parse({
      bytes,
      view: new DataView(bytes.buffer),
      start: 0,
      end: lines.bytes.length,
      base: 0,
      byRow: false,
      final: true,
      full: true,
      batch: builder,
      partition: 0,
      arrival,
      rows: Number.POSITIVE_INFINITY,
      until: Number.POSITIVE_INFINITY,
      knownCut: -1,
    });
    const places = new Map(starts.map((start, i) => [start, i]));
    const placeOf = (start: number): number => places.get(start) ?? 0;
    const progress = {
      partition: this.#partition,
      position: starts.length,
      clock: Number.isFinite(clock) ? clock : null,
      ended: false,
    };
    const batch = builder.finish([progress]);
    return {
      rows: starts.length,
      line: (place) => lines.bytes.slice(starts[place], (starts[place + 1] ?? lines.bytes.length) - 1),
      batch: {
        ...withOwnSymbols(batch, (symbol) => this.#symbols.textOf(symbol)),
        position: batch.position.map(placeOf),
        rejected: batch.rejected.map((each) => ({ ...each, position: placeOf(each.position) })),
        arrival,
        ...(batch.rejected.length === 0 ? {} : { shapes: new Map([[0, this.#shape]]) }),
      },
    };
  }
}
