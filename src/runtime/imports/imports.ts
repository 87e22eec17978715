import { renameSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { vocabularies } from '../../../shop/vocabularies/vocabularies.ts';
import type { ErrorCode } from '../../core/errors/catalogue/catalogue.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type EpochMicros, formatInstant } from '../../core/time.ts';
import { syncFolder } from '../../journal/write-durably.ts';
import { type ParseWorker, startParseWorker } from '../../source/client.ts';
import { openFileSource } from '../../source/file/file-source.ts';
import type { FileFormat } from '../../source/file/open-partition.ts';
import type { PartitionState } from '../../source/file/partition-state.ts';
import { Turn } from '../../store/turn.ts';
import type { OpenShop } from '../open-shop.ts';
import { replay } from '../replay.ts';
import { importCounts } from './import-counts.ts';
import { ImportFiles, type ImportNote } from './import-files.ts';
import { type ReceivedFile, receiveFile } from './receive-file.ts';
import { isUnread } from './unread-imports.ts';

/** An import, and how far it is. */
export interface ImportStatus extends Omit<ImportNote, 'outcome' | 'received' | 'partition' | 'began'> {
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly received: string;
  readonly finished: string | null;
  /** Of the file, and of what was refused, so far. */
  readonly events: number;
  readonly rejected: number;
  readonly progress: ImportProgress | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Since the server was started. */
export interface ImportProgress {
  /** Of the bytes that were sent. */
  readonly share: number;
  readonly events_per_second: number;
  readonly eta_seconds: number | null;
}

/** What is sent. */
export interface ImportRequest {
  readonly name: string;
  readonly body: Readable;
  /** Bytes that were said to come; null: nobody said it. */
  readonly announced: number | null;
  /** Event field → column. */
  readonly map: Readonly<Record<string, string>>;
  readonly format?: FileFormat;
}

interface Running {
  readonly name: string;
  readonly worker: ParseWorker;
  readonly began: number;
}

/** Events that are stored at once: those who send events meanwhile wait no longer than for these. */
const BATCH_EVENTS = 50_000;

/**
 * Imports files that are sent: kept on disk until all that they hold is in the lake, read one after the other by a thread of
 * its own, and gone on with after a crash where they stood.
 */
export class Imports {
  private readonly open: OpenShop;
  private readonly files: ImportFiles;
  private readonly limits: { readonly quota: number; readonly columns: Readonly<Record<string, string>> };
  private readonly now: () => EpochMicros;
  private readonly reading = new Turn();
  private readonly noting = new Turn();
  private readonly failures = new Map<string, { readonly code: ErrorCode; readonly message: string }>();
  private readonly over = new AbortController();
  private running: Running | undefined;
  private coming = 0;

  constructor(open: OpenShop, limits: Imports['limits'], now: () => EpochMicros) {
    this.open = open;
    this.files = new ImportFiles(open.folder.path);
    this.limits = limits;
    this.now = now;
    this.files.settle();
    for (const note of this.files.list()) if (this.isPending(note)) this.enqueue(note.name);
  }

  /**
   * Takes a file. The same file under the same name is the same import, however often it is sent.
   *
   * @returns `fresh` is false where it was there before
   * @throws FootfallError `import.name`, `import.exists`, `import.quota`, `import.cut`, `import.empty`, `store.disk_full`,
   *   `source.columns_unknown`, `source.format`, `source.compression`
   */
  async receive(request: ImportRequest): Promise<{ readonly status: ImportStatus; readonly fresh: boolean }> {
    const { name, announced } = request;
    this.files.check(name);
    const known = this.files.find(name);
    if (known !== undefined && announced !== null && announced !== known.bytes)
      throw new FootfallError('import.exists', { name });
    let mine = 0;
    try {
      const received = await receiveFile(this.files, request, {
        quota: this.limits.quota,
        taken: () => this.files.held + this.coming,
        onBytes: (bytes) => {
          mine += bytes;
          this.coming += bytes;
        },
      });
      const fresh = await this.noting.take(() => this.register(request, received));
      return { status: await this.find(name), fresh };
    } finally {
      this.coming -= mine;
    }
  }

  private async register({ name, map, format }: ImportRequest, received: ReceivedFile): Promise<boolean> {
    const { path, bytes, sha256 } = received;
    try {
      const known = this.files.find(name);
      if (known !== undefined) {
        if (known.sha256 !== sha256) throw new FootfallError('import.exists', { name });
        return false;
      }
      const wanted = { ...this.limits.columns, ...map };
      const file = await recognised(name, path, wanted, format);
      renameSync(path, this.files.contentOf(name));
      syncFolder(this.files.folder);
      this.files.note({ name, sha256, bytes, received: this.now(), map: wanted, ...file });
      this.enqueue(name);
      return true;
    } finally {
      rmSync(path, { force: true });
    }
  }

  /** @throws FootfallError `import.unknown` */
  async find(name: string): Promise<ImportStatus> {
    const note = this.files.find(name);
    if (note === undefined) throw new FootfallError('import.unknown', { name });
    return this.statusOf(note);
  }

  async list(): Promise<readonly ImportStatus[]> {
    return Promise.all(this.files.list().map((note) => this.statusOf(note)));
  }

  /**
   * Waits for all that were received, and holds up the next ones until the returned function is called: what is on disk then
   * is all stored.
   */
  async hold(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await new Promise<void>((held) => {
      void this.noting.take(() => {
        held();
        return promise;
      });
    });
    await this.reading.take(async () => undefined);
    return resolve;
  }

  /** Drops contents whose events are all in the lake, which says so. */
  forget(isInLake: (partition: string) => boolean): void {
    for (const note of this.files.list())
      if (note.outcome !== undefined && !this.isPending(note) && isInLake(note.partition))
        this.files.dropContent(note.name);
  }

  /** Ends in the middle of what is read: it is gone on with at the next start. */
  async close(): Promise<void> {
    this.over.abort();
    await this.reading.take(async () => undefined);
  }

  private isPending(note: ImportNote): boolean {
    return isUnread(this.open.shop, this.files, note);
  }

  private enqueue(name: string): void {
    void this.reading.take(async () => {
      if (this.over.signal.aborted) return;
      try {
        await this.read(name);
      } catch (error) {
        const { code, message } = FootfallError.from(error);
        this.failures.set(name, { code, message });
      }
    });
  }

  private async read(name: string): Promise<void> {
    const found = this.files.find(name);
    if (found === undefined) return;
    const { shop } = this.open;
    const note = { ...found, began: found.began ?? beginning(found, shop.ingest.watermark) };
    if (found.began === undefined) this.files.note(note);
    const worker = await startParseWorker({
      paths: [this.files.contentOf(name)],
      vocabularies,
      map: note.map,
      format: note.format,
      resume: fileStates(shop.ingest.progress.values()),
      pace: { kind: 'fast' },
      batchEvents: BATCH_EVENTS,
    });
    this.running = { name, worker, began: performance.now() };
    try {
      const { ended } = await replay(
        this.open,
        { batches: worker, heads: () => worker.heads(), close: () => worker.stop() },
        { close: false, sealing: note.began, signal: this.over.signal },
      );
      if (!ended) return;
      const counts = await importCounts(this.open.reader, note.partition);
      this.files.note({ ...note, outcome: { finished: this.now(), ...counts } });
    } finally {
      this.running = undefined;
      await worker.stop();
    }
  }

  private async statusOf(note: ImportNote): Promise<ImportStatus> {
    const { outcome, received, partition, began: _, ...rest } = note;
    const running = this.running?.name === note.name ? this.running : undefined;
    const error = this.failures.get(note.name) ?? null;
    const done = outcome !== undefined && !this.isPending(note);
    const counts = done ? outcome : await importCounts(this.open.reader, partition);
    return {
      ...rest,
      status: done
        ? 'done'
        : error !== null || !this.files.hasContent(note.name)
          ? 'failed'
          : running === undefined
            ? 'waiting'
            : 'running',
      received: formatInstant(received),
      finished: done ? formatInstant(outcome.finished) : null,
      events: counts.events,
      rejected: counts.rejected,
      progress: running === undefined ? null : progressOf(running),
      error,
    };
  }
}

/** One that was read before this was noted was read when nobody knows: nothing of it is sealed. */
const beginning = ({ outcome }: ImportNote, watermark: EpochMicros | null): NonNullable<ImportNote['began']> => ({
  watermark: outcome === undefined ? watermark : null,
});

/** Stored progress of files: other sources keep other things with theirs. */
const fileStates = (progress: Iterable<object>): PartitionState[] =>
  [...progress].filter((each): each is PartitionState => 'fingerprintBytes' in each);

function progressOf({ worker, began }: Running): ImportProgress {
  const { bytes, totalBytes, events, rejected } = worker.progress();
  const seconds = Math.max(0.001, (performance.now() - began) / 1000);
  const share = totalBytes === null || totalBytes === 0 ? 0 : Math.min(1, bytes / totalBytes);
  return {
    share,
    events_per_second: Math.round((events + rejected) / seconds),
    eta_seconds: share === 0 ? null : Math.round((seconds * (1 - share)) / share),
  };
}

/** What a file is, as whoever sent it is told. */
async function recognised(
  name: string,
  path: string,
  map: Readonly<Record<string, string>>,
  format: FileFormat | undefined,
): Promise<Pick<ImportNote, 'partition' | 'format' | 'packing' | 'vocabulary' | 'columns' | 'fields'>> {
  const source = await openFileSource({
    paths: [path],
    vocabularies,
    map,
    ...(format === undefined ? {} : { format }),
  }).catch((error: unknown) => {
    // It is called as it was sent, not as it lies here.
    if (error instanceof FootfallError && 'path' in error.params)
      throw new FootfallError(error.code, { ...error.params, path: name } as never, { cause: error.cause });
    throw error;
  });
  await source.close();
  const [file] = source.recognised;
  if (file === undefined) throw new FootfallError('import.empty', { name });
  const { partition, format: found, packing, mapping, columns } = file;
  const fields = Object.entries(mapping.fields).flatMap(([column, fields]) =>
    columns.includes(column) ? fields.map((field) => [field, column] as const) : [],
  );
  return {
    partition,
    format: found,
    packing,
    vocabulary: mapping.shape,
    columns: [...columns],
    fields: Object.fromEntries(fields),
  };
}
