import { canonical } from '../../shop/vocabularies/canonical.ts';
import type { EventBatch } from '../../src/core/batch.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import type { RowShape } from '../../src/core/row-shape.ts';
import { NdjsonParser } from '../../src/source/ndjson/ndjson-parser.ts';
import { parseBytes } from '../../src/source/parse-bytes.ts';
import { recognise } from '../../src/source/shape/recognise.ts';
import type { OracleFacts } from '../oracle/input.ts';
import { writeNdjson } from '../oracle/ndjson.ts';
import { asSegments } from './differences.ts';
import type { TestShop } from './test-shop.ts';

/** A file of which some rows are refused, and what it would hold if they were not. */
export interface BrokenFile {
  readonly bytes: Buffer;
  /** Where each line begins, and where the last one ends. */
  readonly lines: readonly number[];
  readonly good: readonly CanonicalEvent[];
  readonly refused: readonly { readonly position: number; readonly event: CanonicalEvent }[];
  readonly all: readonly CanonicalEvent[];
}

/** A part of a file as a source would hand it over. */
export interface Piece {
  readonly batch: EventBatch;
  readonly end: number;
}

const COLUMNS = Object.keys(canonical.fields);
const PARTITION = 'p';

function mapped() {
  const found = recognise(COLUMNS, [canonical], {});
  if (found.outcome !== 'recognised') throw new Error('the canonical vocabulary does not recognise itself');
  return found.mapping;
}
const { shape: vocabulary, fields, types, type } = mapped();
export const SHAPE: RowShape = { format: 'ndjson', columns: COLUMNS, numeric: [], vocabulary, fields, types, type };

/** Ways to break a line so that one rule puts all of them right. Some change nothing where the event has no such field. */
const BREAKS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.replace('"event_type":', '"typ":'),
  (line) => line.replace(/"event_time":"(\d{4})-(\d\d)-(\d\d)/, '"event_time":"$3.$2.$1'),
  (line) => line.replace(/"price":"(\d+)\.(\d+)"/, '"price":"$1,$2"'),
];

/** Writes events as NDJSON, each broken in one of the ways (0: not), again and again from the first. */
export function brokenFile(events: readonly CanonicalEvent[], ways: readonly number[]): BrokenFile {
  const lines: number[] = [];
  const good: CanonicalEvent[] = [];
  const refused: { position: number; event: CanonicalEvent }[] = [];
  let text = '';
  for (const [i, event] of events.entries()) {
    const position = Buffer.byteLength(text);
    lines.push(position);
    const line = writeNdjson([event]).toString();
    const written = BREAKS[ways[i % ways.length] ?? 0]?.(line) ?? line;
    text += written;
    const event_id = event.event_id ?? `${PARTITION}:0:${String(position).padStart(20, '0')}`;
    if (written === line) good.push({ ...event, event_id });
    else refused.push({ position, event: { ...event, event_id } });
  }
  const bytes = Buffer.from(text);
  return {
    bytes,
    lines: [...lines, bytes.length],
    good,
    refused,
    all: [...good, ...refused.map(({ event }) => event)],
  };
}

/** The file in pieces, cut between lines. */
export function pieces({ bytes, lines }: BrokenFile, cuts: readonly number[]): readonly Piece[] {
  const ends = [...new Set(cuts.map((cut) => lines[cut % lines.length] ?? 0)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  let clock: number | null = null;
  return ends.flatMap((end): Piece[] => {
    if (end <= start) return [];
    const parsed = parseBytes(new NdjsonParser(mapped()), bytes.subarray(0, end), { start });
    start = end;
    return parsed.batches.map((batch) => {
      for (const at of batch.time) clock = Math.max(clock ?? 0, at);
      const progress = { partition: PARTITION, position: end, clock, ended: false };
      return { batch: { ...batch, partitions: [progress], shapes: new Map([[0, SHAPE]]) }, end };
    });
  });
}

/** Loads what the oracle is told, before any event. */
export async function loadFacts(shop: TestShop, { products = [], users = [], rates = [], counts = [] }: OracleFacts) {
  const plain = (rows: readonly object[]) => rows.map((row) => ({ ...row }) as Record<string, string>);
  if (products.length > 0) await shop.loadDimension('product', products);
  if (users.length > 0) await shop.loadDimension('user', asSegments(users));
  if (rates.length > 0) await shop.loadDimension('rates', plain(rates));
  if (counts.length > 0) await shop.loadDimension('stock', plain(counts));
}
