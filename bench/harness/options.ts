import { parseArgs } from 'node:util';
import type { Density } from './data.ts';

/** What every benchmark can be told. */
export interface BenchOptions {
  readonly events: number;
  readonly seed: number;
  /** Each thing measured runs this often, in turn. */
  readonly rounds: number;
  readonly density: Density;
  /** DuckDB's memory limit of both sides, such as `2GB`. */
  readonly memory: string;
  /** Print one JSON object as the last line. */
  readonly json: boolean;
  /** Put the result in RESULTS.md. */
  readonly record: boolean;
  /** Options that only this benchmark has, as numbers. */
  readonly own: Readonly<Record<string, number>>;
  /** How it was called, for the report. */
  readonly command: string;
}

export interface BenchDefaults {
  readonly name: string;
  readonly events: number;
  readonly rounds?: number;
  readonly memory?: string;
  /** Further options with their defaults. */
  readonly own?: Readonly<Record<string, number>>;
}

/** @throws TypeError for options that do not exist */
export function benchOptions({ name, events, rounds = 3, memory = '2GB', own = {} }: BenchDefaults): BenchOptions {
  const given = process.argv.slice(2);
  const text = (fallback: string | number) => ({ type: 'string', default: String(fallback) }) as const;
  const ownOptions = Object.fromEntries(Object.entries(own).map(([key, fallback]) => [key, text(fallback)]));
  const { values } = parseArgs({
    args: given,
    options: {
      ...ownOptions,
      events: text(events),
      seed: text(1),
      rounds: text(rounds),
      density: text('sparse'),
      memory: text(memory),
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  const all: Readonly<Record<string, unknown>> = values;
  const density = values.density === 'dense' ? 'dense' : 'sparse';
  return {
    events: number('events', values.events),
    seed: number('seed', values.seed),
    rounds: number('rounds', values.rounds),
    density,
    memory: values.memory,
    json: values.json,
    record: values.record,
    own: Object.fromEntries(Object.keys(own).map((key) => [key, number(key, all[key])])),
    command: ['npm run bench --', name, ...given.filter((each) => each !== '--record' && each !== '--json')].join(' '),
  };
}

/** A number as `10_000_000`, `10M` or `1e7`. */
function number(name: string, value: unknown): number {
  const text = String(value).replaceAll('_', '');
  const scale = { k: 1e3, K: 1e3, M: 1e6 }[text.at(-1) ?? ''];
  const parsed = scale === undefined ? Number(text) : Number(text.slice(0, -1)) * scale;
  if (!Number.isFinite(parsed) || parsed < 0) throw new TypeError(`--${name} must be a number, not "${text}"`);
  return parsed;
}
