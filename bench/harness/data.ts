import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderSink } from '../../src/source/generator/folder-sink.ts';
import { generate } from '../../src/source/generator/generate.ts';
import type { GenerateOptions } from '../../src/source/generator/options.ts';

/** Events per second of event time: REES46 has 16.5 (10 M in a week), a flash sale 3,333 (3 M in 15 minutes). */
export type Density = 'sparse' | 'dense';
const RATE: Readonly<Record<Density, number>> = { sparse: 10_000_000 / (7 * 86_400), dense: 3_000_000 / 900 };
const START = Date.UTC(2019, 9, 1);

export interface DataOptions {
  readonly density: Density;
  readonly events: number;
  readonly seed: number;
  /** Share of events beyond the watermark. Default 1 %. */
  readonly late?: number;
  /** Share out of order, late ones included. Default 3 %. */
  readonly outOfOrder?: number;
  /** Events per second of event time, in place of the density's. */
  readonly rate?: number;
  /** Time of the first event, milliseconds since 1970. Default 2019-10-01. */
  readonly start?: number;
}

/** A generated shop on disk. */
export interface DataSet extends Required<DataOptions> {
  readonly folder: string;
  readonly events_csv: string;
  readonly products_csv: string;
  readonly bytes: number;
}

/**
 * A REES46-like file with its catalogue. Made once for each set of options and kept in the temporary folder
 * (`FOOTFALL_BENCH_DATA` names another one); the generator makes the same bytes from the same options.
 */
export async function dataSet(options: DataOptions): Promise<DataSet> {
  const { density, events, seed, late = 0.01, outOfOrder = 0.03, rate = RATE[density], start = START } = options;
  const root = process.env['FOOTFALL_BENCH_DATA'] ?? join(tmpdir(), 'footfall-bench');
  const folder = join(root, [density, events, seed, outOfOrder, late, Math.round(rate * 100), start / 1000].join('-'));
  if (!existsSync(join(folder, 'manifest.json'))) {
    const partial = `${folder}.partial-${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const shape: GenerateOptions = { shape: 'rees46', events, seed, rate, start, outOfOrder, late };
    console.error(`generating ${events} events (${density}, seed ${seed}) in ${folder}`);
    await generate(shape, new FolderSink(partial));
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  }
  const csv = join(folder, 'events.csv');
  return {
    density,
    events,
    seed,
    late,
    outOfOrder,
    rate,
    start,
    folder,
    events_csv: csv,
    products_csv: join(folder, 'products.csv'),
    bytes: statSync(csv).size,
  };
}
