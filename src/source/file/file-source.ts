import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBatch } from '../../core/batch.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { RowShape } from '../../core/row-shape.ts';
import type { EpochMicros } from '../../core/time.ts';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { SymbolTable } from '../columns/symbol-table.ts';
import type { Vocabulary } from '../shape/vocabulary.ts';
import { expandPaths } from './expand-paths.ts';
import type { FilePartition } from './file-partition.ts';
import { type FileFormat, openPartition, type RecognisedFile, type Understanding } from './open-partition.ts';
import { allowance, type Pace, type PaceState, waitFor } from './pace.ts';
import type { PartitionState } from './partition-state.ts';
import { rowShape } from './row-shape.ts';

/** Options of a file source; plain data, so that they travel to the parse worker. */
export interface FileSourceOptions {
  /** Paths, globs, or `-` for standard input. */
  readonly paths: readonly string[];
  readonly vocabularies: readonly Vocabulary[];
  /** Canonical field → source column; wins over what was recognised. */
  readonly map?: Readonly<Record<string, string>>;
  /** What the files are; told by their first bytes when absent. */
  readonly format?: FileFormat;
  /** States stored with the last committed batch. */
  readonly resume?: readonly PartitionState[];
  readonly pace?: Pace;
  /** Texts whose ids the engine knows, in id order. */
  readonly symbols?: readonly string[];
}

/** Something worth telling that is no error. */
export interface SourceNotice {
  readonly kind: 'same-content' | 'empty';
  readonly path: string;
  /** Path of the file with the same content. */
  readonly as?: string;
}

/** A stream whose end is open was read as far as it goes. */
export interface SourceHead {
  readonly partition: string;
  /** Since when nothing has come, on the wall clock. */
  readonly since: EpochMicros;
}

/** How far a source has been read. */
export interface SourceProgress {
  /** Bytes on disk, read and in all; the latter null when unknown (standard input). */
  readonly bytes: number;
  readonly totalBytes: number | null;
  /** Since the source was opened. */
  readonly events: number;
  readonly rejected: number;
}

/** Rows taken from one of several files before looking again which is furthest behind. */
const TURN_ROWS = 4096;
/** Refused bytes that end a batch early. */
const REJECTED_BYTES = 8 << 20;
/** Path of standard input. */
const STDIN = '-';
/** A slow stream hands out what it has after so long. */
const LINGER_MS = 100;

/** Opens files as the partitions of one source. @throws source.missing, source.changed, source.columns_unknown, ... */
export const openFileSource = async (options: FileSourceOptions): Promise<FileSource> => {
  const paths = await expandPaths(options.paths);
  const understanding: Understanding = { ...options, map: options.map ?? {}, resume: options.resume ?? [] };
  const taken = new Map<string, string>();
  const files: RecognisedFile[] = [];
  const partitions: FilePartition[] = [];
  const notices: SourceNotice[] = [];
  try {
    for (const path of paths) {
      const opened = await openPartition(path, understanding, taken);
      if (opened.outcome === 'same') notices.push({ kind: 'same-content', path, as: opened.as });
      else if (opened.outcome === 'empty') notices.push({ kind: 'empty', path });
      else {
        taken.set(opened.file.partition, path);
        files.push(opened.file);
        partitions.push(opened.partition);
      }
    }
  } catch (error) {
    await Promise.all(partitions.map((partition) => partition.close()));
    throw error;
  }
  return new FileSource(files, partitions, notices, options);
};

/** Files read as partitions of one source, the one that is furthest behind in event time first. */
export class FileSource {
  readonly recognised: readonly RecognisedFile[];
  readonly notices: readonly SourceNotice[];
  readonly #files: readonly FilePartition[];
  /** Streams of earlier processes that nobody can send again: they end here, and hold back nothing any more. */
  readonly #gone: readonly PartitionState[];
  readonly #symbols: SymbolTable;
  readonly #pace: Pace;
  #paced: PaceState = { startedAt: Date.now(), firstTime: null, handedOut: 0 };
  #events = 0;
  #rejected = 0;
  #finished = false;

  constructor(
    files: readonly RecognisedFile[],
    partitions: readonly FilePartition[],
    notices: readonly SourceNotice[],
    options: FileSourceOptions,
  ) {
    this.recognised = files;
    this.notices = notices;
    this.#files = partitions;
    this.#gone = (options.resume ?? [])
      .filter(({ path, fingerprintBytes, ended }) => path === STDIN && fingerprintBytes === 0 && !ended)
      .map((state) => ({ ...state, ended: true, gone: true }));
    this.#symbols = new SymbolTable(options.symbols ?? []);
    this.#pace = options.pace ?? { kind: 'fast' };
  }

  /** State of each file after the last batch, then of streams that are gone. */
  get partitions(): readonly PartitionState[] {
    return [...this.#files.map(({ state }) => state), ...this.#gone];
  }

  progress(): SourceProgress {
    const sizes = this.recognised.map(({ size }) => size);
    return {
      bytes: this.#files.reduce((sum, { taken }) => sum + taken, 0),
      totalBytes: sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
      events: this.#events,
      rejected: this.#rejected,
    };
  }

  /**
   * The next batch: at most `maxEvents` events and rejections. Waits for the pace and for slow streams.
   *
   * @param onHead told when standard input is waited for with all that came handed out
   * @returns null after all files have ended; the last batch before (which may be empty) says that they ended
   * @throws the signal's reason, when it aborts while waiting
   */
  async nextBatch(
    maxEvents: number,
    signal?: AbortSignal,
    onHead?: (head: SourceHead) => void,
  ): Promise<EventBatch | null> {
    if (this.#finished) return null;
    const batch = new BatchBuilder(maxEvents, this.#symbols);
    for (;;) {
      signal?.throwIfAborted();
      const step = await this.#step(batch, maxEvents, signal, onHead);
      if (step === 'go on') continue;
      if (step === 'ended') this.#finished = true;
      this.#events += batch.count;
      this.#rejected += batch.rejected.length;
      this.#paced = { ...this.#paced, handedOut: this.#paced.handedOut + batch.count + batch.rejected.length };
      return { ...batch.finish(this.partitions), ...this.#shapesOf(batch) };
    }
  }

  /** Whoever looks at a refused row later has to know how to read it. */
  #shapesOf({ rejected }: BatchBuilder): Pick<EventBatch, 'shapes'> {
    if (rejected.length === 0) return {};
    const shapes = new Map<number, RowShape>();
    for (const { partition } of rejected) {
      const file = this.recognised[partition];
      if (file !== undefined && !shapes.has(partition)) shapes.set(partition, rowShape(file));
    }
    return { shapes };
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }

  async #step(
    batch: BatchBuilder,
    maxEvents: number,
    signal?: AbortSignal,
    onHead?: (head: SourceHead) => void,
  ): Promise<'go on' | 'full' | 'ended'> {
    const used = batch.count + batch.rejected.length;
    if (used >= maxEvents || batch.rejectedBytes > REJECTED_BYTES) return 'full';
    const open = this.#files.filter(({ ended }) => !ended);
    if (open.length === 0) return 'ended';
    const now = Date.now();
    const allowed = allowance(this.#pace, this.#paced, now);
    const rows = Math.min(maxEvents, allowed.rows) - used;
    if (rows <= 0) return used > 0 ? 'full' : this.#wait(allowed.wait, signal);
    const due = open.filter(({ laterAt }) => laterAt === null || laterAt <= allowed.until);
    const file = lowest(due);
    if (file === undefined) return this.#notDue(open, used, now, signal);
    const told = used > 0 ? undefined : onHead;
    if (file.starving && !(await this.#fill(file, used > 0, signal, told))) return 'full';
    file.parse({
      batch,
      partition: this.#files.indexOf(file),
      arrival: now * 1000,
      rows: open.length === 1 ? rows : Math.min(rows, TURN_ROWS),
      until: allowed.until,
    });
    return 'go on';
  }

  /** Every file's next event is later than the pace allows. */
  async #notDue(
    open: readonly FilePartition[],
    used: number,
    now: number,
    signal?: AbortSignal,
  ): Promise<'go on' | 'full'> {
    const next = Math.min(...open.map(({ laterAt }) => laterAt ?? Number.POSITIVE_INFINITY));
    if (this.#paced.firstTime === null) {
      this.#paced = { ...this.#paced, firstTime: next, startedAt: now };
      return 'go on';
    }
    if (used > 0) return 'full';
    return this.#wait(this.#pace.kind === 'time' ? waitFor(this.#pace.factor, this.#paced, next, now) : 0, signal);
  }

  async #wait(millis: number, signal?: AbortSignal): Promise<'go on'> {
    await sleep(Math.min(millis, 60_000), undefined, signal === undefined ? {} : { signal });
    return 'go on';
  }

  /** Reads on in a file. @returns false when it is slow and there are events that should not wait for it */
  async #fill(
    file: FilePartition,
    waiting: boolean,
    signal?: AbortSignal,
    onHead?: (head: SourceHead) => void,
  ): Promise<boolean> {
    const filling = file.fill().then(() => true);
    const others: Promise<boolean>[] = [];
    const done = new AbortController();
    if (onHead !== undefined && file.state.path === STDIN) {
      const { partition } = file.state;
      const since = Date.now() * 1000;
      sleep(LINGER_MS, undefined, { signal: done.signal }).then(
        () => onHead({ partition, since }),
        () => undefined,
      );
    }
    if (waiting) others.push(sleep(LINGER_MS, false, { signal: done.signal }).catch(() => false));
    if (signal !== undefined) {
      others.push(
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: done.signal });
        }),
      );
    }
    try {
      return await Promise.race([filling, ...others]);
    } catch (cause) {
      if (cause instanceof FootfallError || signal?.aborted === true) throw cause;
      throw new FootfallError('source.io', { path: file.state.path, reason: String(cause) }, { cause });
    } finally {
      done.abort();
    }
  }
}

const lowest = (files: readonly FilePartition[]): FilePartition | undefined => {
  let found: FilePartition | undefined;
  for (const file of files) if (found === undefined || file.clock < found.clock) found = file;
  return found;
};
