import type { Catalogue } from './catalogue.ts';
import type { Draft } from './draft.ts';
import type { People } from './people.ts';
import type { RowBuffer } from './row-buffer.ts';
import type { Sessions } from './sessions.ts';

/** What rows are written from. */
export interface Described {
  readonly catalogue: Catalogue;
  readonly people: People;
  readonly sessions: Sessions;
  readonly seed: number;
}

/** Writes events in the form of a shape. One file of the shape = one buffer. */
export interface RowEncoder {
  /** Names of the event files, without prefix. */
  readonly files: readonly string[];
  /** First line of each file with its line end; empty where there is none. */
  readonly header: string;
  /** `csv` or `ndjson`: how a row is broken on purpose. */
  readonly format: 'csv' | 'ndjson';
  /** Rows carry ids, so that copies can be told from events. */
  readonly ids: boolean;
  /** Event times are cut to whole multiples of so many milliseconds. */
  readonly resolution: number;
  /** Which file an event of this type goes to. */
  fileOf(type: number): number;
  /** Appends one whole row with its line end. */
  encode(event: Draft, row: RowBuffer): void;
  /** The id that the row carries, null if the shape has none. */
  eventId(event: Draft): string | null;
}
