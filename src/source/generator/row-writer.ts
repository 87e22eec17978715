import { breakRow } from './broken-row.ts';
import type { Draft } from './draft.ts';
import type { ResolvedOptions } from './options.ts';
import type { People } from './people.ts';
import {
  ANOMALIES,
  type Listed,
  listed,
  note,
  type PlantedAnomaly,
  type PlantedBrokenRow,
  type PlantedRow,
} from './planted.ts';
import type { Random } from './random.ts';
import { RowBuffer } from './row-buffer.ts';
import type { RowEncoder } from './row-encoder.ts';
import type { Sessions } from './sessions.ts';
import type { Tally } from './tally.ts';

const CHUNK = 1 << 20;

interface RowWriterParts {
  readonly encoder: RowEncoder;
  readonly options: ResolvedOptions;
  readonly random: Random;
  readonly tally: Tally;
  readonly sessions: Sessions;
  readonly people: People;
  readonly catalogueIds: Uint32Array;
}

/** Writes events as rows in order of arrival, breaks some, and keeps the account of what was written. */
export class RowWriter {
  readonly buffers: readonly RowBuffer[];
  /** Data rows written, in all and by file. */
  rows = 0;
  readonly fileRows: Float64Array;
  /** Valid rows that came after a later one of their file, and those later by more than the allowed lateness. */
  outOfOrder = 0;
  readonly late: Listed<PlantedRow> = listed();
  readonly copies: Listed<PlantedRow> = listed();
  readonly broken: Listed<PlantedBrokenRow> = listed();
  readonly brokenByCode = new Map<string, number>();
  readonly anomalies: Listed<PlantedAnomaly> = listed();
  readonly anomaliesByKind = new Map<string, number>();
  readonly crawlers = new Map<number, number>();
  /** A buffer is full: rows must be taken before more are written. */
  full = false;
  readonly #parts: RowWriterParts;
  readonly #clocks: Float64Array;
  readonly #allowed: number;
  readonly #brokenShare: number;
  readonly #resolution: number;

  constructor(parts: RowWriterParts) {
    this.#parts = parts;
    const files = parts.encoder.files.length;
    this.buffers = parts.encoder.files.map(() => new RowBuffer(CHUNK));
    this.fileRows = new Float64Array(files);
    this.#clocks = new Float64Array(files).fill(Number.NEGATIVE_INFINITY);
    this.#allowed = parts.options.latenessMinutes * 60_000;
    this.#brokenShare = parts.options.broken;
    this.#resolution = parts.encoder.resolution;
  }

  /** True if the row was written whole. */
  write(event: Draft, copy: boolean): boolean {
    const { encoder, random, tally, sessions } = this.#parts;
    const file = encoder.fileOf(event.type);
    const row = this.buffers[file] as RowBuffer;
    const from = row.at;
    encoder.encode(event, row);
    const number = (this.fileRows[file] as number) + 1;
    this.rows++;
    this.fileRows[file] = number;
    if (!copy && this.#brokenShare > 0 && random.unit() < this.#brokenShare) {
      this.#break(row, from, file, number);
      if (row.full) this.full = true;
      return false;
    }
    if (row.full) this.full = true;
    const time = event.time - (event.time % this.#resolution);
    const clock = this.#clocks[file] as number;
    if (time < clock) {
      this.outOfOrder++;
      if (time < clock - this.#allowed) note(this.late, () => this.#place(file, number));
    } else this.#clocks[file] = time;
    if (copy) note(this.copies, () => this.#place(file, number));
    if (!copy || !encoder.ids) tally.event(event, sessions);
    if (event.anomaly > 0 && !copy) this.#noteAnomaly(event);
    if (event.bot === 1 && !copy) this.crawlers.set(event.person, (this.crawlers.get(event.person) ?? 0) + 1);
    return true;
  }

  #break(row: RowBuffer, from: number, file: number, number: number): void {
    const { encoder, random } = this.#parts;
    const { kind, bytes } = breakRow(encoder.format, row.bytes.subarray(from, row.at), random);
    row.at = from;
    row.append(bytes);
    this.brokenByCode.set(kind.code, (this.brokenByCode.get(kind.code) ?? 0) + 1);
    note(this.broken, () => ({ ...this.#place(file, number), code: kind.code, field: kind.field }));
  }

  #place(file: number, row: number): PlantedRow {
    return { file: this.#parts.encoder.files[file] as string, row };
  }

  #noteAnomaly(event: Draft): void {
    const { encoder, people, sessions, catalogueIds } = this.#parts;
    const kind = ANOMALIES[event.anomaly - 1] ?? 'price';
    this.anomaliesByKind.set(kind, (this.anomaliesByKind.get(kind) ?? 0) + 1);
    note(this.anomalies, () => ({
      kind,
      event_id: encoder.eventId(event),
      event_time: new Date(event.time - (event.time % this.#resolution)).toISOString(),
      session_id: event.session < 0 ? null : sessions.id(event.session),
      user_id: event.person < 0 ? null : String(people.userId(event.person)),
      product_id: String(catalogueIds[event.product]),
    }));
  }
}
