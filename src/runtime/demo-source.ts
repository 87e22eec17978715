import { setTimeout as sleep } from 'node:timers/promises';
import { canonical } from '../../shop/vocabularies/canonical.ts';
import type { EventBatch, PartitionProgress } from '../core/batch.ts';
import type { RowShape } from '../core/row-shape.ts';
import type { EpochMicros, Millis } from '../core/time.ts';
import { BLOCK_SLACK } from '../source/block.ts';
import { BatchBuilder } from '../source/columns/batch-builder.ts';
import { SymbolTable } from '../source/columns/symbol-table.ts';
import { createShop, type LiveShop } from '../source/generator/live-shop.ts';
import { NdjsonParser } from '../source/ndjson/ndjson-parser.ts';
import { recognise } from '../source/shape/recognise.ts';
import type { Mapping } from '../source/shape/vocabulary.ts';
import type { BatchSource } from './replay.ts';

/** Which made-up shop: the same seed, rate and start give the same events, so that it can be gone on with. */
export interface DemoShop {
  readonly seed: number;
  /** Mean events per second of event time. */
  readonly rate: number;
  /** Milliseconds since 1970 UTC. */
  readonly start: number;
}

/** Progress of the demo's partition; positions count rows. Stored with each batch, as every source's is. */
export interface DemoProgress extends PartitionProgress {
  readonly demo: DemoShop;
}

export interface DemoOptions {
  readonly shop: DemoShop;
  /** Rows that were taken before. */
  readonly position: number;
  readonly clock: EpochMicros | null;
  /** Partitions of other demo shops, which are over. */
  readonly over: readonly PartitionProgress[];
  /** Pause between looks at the clock. */
  readonly trigger: Millis;
  /** Wall clock at which it ends by itself; Infinity for never. */
  readonly until: Millis;
  readonly signal: AbortSignal;
}

/** Most rows in a batch: catching up with the hours before takes big steps. */
const BATCH_ROWS = 20_000;

export const demoPartition = ({ seed, rate, start }: DemoShop): string => `demo:${seed}:${rate}:${start}`;

/** The made-up shop as a live source. */
export function demoSource(options: DemoOptions): BatchSource & Required<Pick<BatchSource, 'heads'>> {
  const heads = new Map<string, EpochMicros>();
  return { batches: demoBatches(options, heads), heads: () => heads, close: async () => undefined };
}

/**
 * Batches of a made-up shop whose event times follow the wall clock: first what happened since it was last looked at,
 * then what happens now. Ends at `until` or when stopped.
 */
async function* demoBatches(options: DemoOptions, heads: Map<string, EpochMicros>): AsyncGenerator<EventBatch> {
  const { shop: made, signal } = options;
  const shop = createShop({ ...made, late: 0.002, outOfOrder: 0.02, duplicates: 0.002, bots: 0.01, broken: 0.001 });
  skip(shop, options.position);
  const parser = demoParser();
  const symbols = new SymbolTable([]);
  let { clock, over } = options;
  while (!signal.aborted && Date.now() < options.until) {
    const builder = new BatchBuilder(BATCH_ROWS, symbols);
    while (builder.count + builder.rejected.length < BATCH_ROWS) {
      const base = shop.rows;
      const bytes = shop.takeUntil(Date.now(), BATCH_ROWS - builder.count - builder.rejected.length);
      if (bytes.length === 0) break;
      clock = Math.max(clock ?? Number.NEGATIVE_INFINITY, parser(bytes, base, builder));
    }
    if (builder.count + builder.rejected.length > 0) {
      const progress: DemoProgress = {
        partition: demoPartition(made),
        position: shop.rows,
        clock,
        ended: false,
        demo: made,
      };
      heads.clear();
      const batch = builder.finish([progress, ...over]);
      yield builder.rejected.length === 0 ? batch : { ...batch, shapes: new Map([[0, SHAPE]]) };
      over = [];
    } else if (!heads.has(demoPartition(made))) heads.set(demoPartition(made), Date.now() * 1000);
    if (builder.count + builder.rejected.length < BATCH_ROWS)
      await sleep(options.trigger, undefined, { signal }).catch(() => undefined);
  }
}

function skip(shop: LiveShop, rows: number): void {
  while (shop.rows < rows) shop.take(Math.min(BATCH_ROWS, rows - shop.rows));
}

const COLUMNS = Object.keys(canonical.fields);

function canonicalMapping(): Mapping {
  const found = recognise(COLUMNS, [canonical], {});
  if (found.outcome !== 'recognised') throw new Error('the canonical vocabulary does not recognise itself');
  return found.mapping;
}
const MAPPING = canonicalMapping();
const { shape: vocabulary, fields, types, type } = MAPPING;
const SHAPE: RowShape = { format: 'ndjson', columns: COLUMNS, numeric: [], vocabulary, fields, types, type };

/** Parses whole lines into a batch; returns the largest event_time. */
function demoParser(): (bytes: Uint8Array, base: number, batch: BatchBuilder) => EpochMicros {
  const parser = new NdjsonParser(MAPPING);
  return (lines, base, batch) => {
    const bytes = new Uint8Array(lines.length + BLOCK_SLACK);
    bytes.set(lines);
    const { clock } = parser.parse({
      bytes,
      view: new DataView(bytes.buffer),
      start: 0,
      end: lines.length,
      base,
      byRow: true,
      final: true,
      full: false,
      batch,
      partition: 0,
      arrival: Date.now() * 1000,
      rows: Number.POSITIVE_INFINITY,
      until: Number.POSITIVE_INFINITY,
      knownCut: -1,
    });
    return clock;
  };
}
