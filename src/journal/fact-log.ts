import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { EpochMicros } from '../core/time.ts';

/** A version of a dimension was loaded: rows hold from `validFrom`, or from the time in their own column. */
export interface DimensionFact {
  readonly kind: 'dimension';
  readonly dimension: 'product' | 'user' | 'rates' | 'stock';
  /** Name of the kept copy of the CSV, beside the log. */
  readonly file: string;
  /** Null: for always. */
  readonly validFrom: EpochMicros | null;
  readonly recorded: EpochMicros;
}

export type Fact = DimensionFact;

/**
 * Facts in the order in which they were given: one JSON line each, with a checksum, on disk before the fact acts.
 * With them, a deleted database is rebuilt (semantics 7).
 */
export class FactLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * All facts. A torn last line, from a crash while writing, never took effect and is left out.
   * @throws FootfallError `store.corrupt` when a line that is not the last does not fit its checksum.
   */
  read(): readonly Fact[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const facts: Fact[] = [];
    for (const [index, line] of lines.entries()) {
      const fact = decode(line);
      if (fact === undefined && index < lines.length - 1)
        throw new FootfallError('store.corrupt', { path: `${this.path}:${index + 1}` });
      if (fact !== undefined) facts.push(fact);
    }
    return facts;
  }

  /** Returns when the fact is on disk. */
  append(fact: Fact): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const torn =
      existsSync(this.path) && !readFileSync(this.path, 'utf8').endsWith('\n') && readFileSync(this.path).length > 0;
    const file = openSync(this.path, 'a');
    try {
      writeSync(file, `${torn ? '\n' : ''}${encode(fact)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function encode(fact: Fact): string {
  const text = JSON.stringify(fact);
  return `${checksum(text)} ${text}`;
}

function decode(line: string): Fact | undefined {
  const text = line.slice(17);
  return line.slice(0, 16) === checksum(text) ? (JSON.parse(text) as Fact) : undefined;
}
