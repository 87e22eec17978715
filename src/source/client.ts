import { Worker } from 'node:worker_threads';
import type { EventBatch } from '../core/batch.ts';
import type { ErrorCode, ErrorParams } from '../core/errors/catalogue/catalogue.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { EpochMicros } from '../core/time.ts';
import type { FileSourceOptions, SourceNotice, SourceProgress } from './file/file-source.ts';
import type { RecognisedFile } from './file/open-partition.ts';
import type { PartitionState } from './file/partition-state.ts';
import { CREDITS, type FromWorker, type ParseJob, type ToWorker } from './worker-messages.ts';

/**
 * Starts a parse worker on files. Resolves when they were opened and recognised.
 *
 * @throws source.* as `openFileSource`
 * @example for await (const batch of await startParseWorker({ paths: ['oct.csv'], vocabularies, batchEvents: 200_000 })) ...
 */
export const startParseWorker = async (
  options: FileSourceOptions & { readonly batchEvents: number },
): Promise<ParseWorker> => {
  const { batchEvents, ...source } = options;
  const job: ParseJob = { source, batchEvents };
  const worker = new ParseWorker(new Worker(new URL('./worker.ts', import.meta.url), { workerData: job }));
  await worker.opened;
  return worker;
};

/** Batches of a parse worker, in order, each to be consumed once. Leaving the loop stops the worker. */
export class ParseWorker implements AsyncIterable<EventBatch> {
  recognised: readonly RecognisedFile[] = [];
  notices: readonly SourceNotice[] = [];
  /** State of each file when it was opened; later ones come with the batches. */
  partitions: readonly PartitionState[] = [];
  /** Settles when the files are open, or could not be. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #batches: EventBatch[] = [];
  #progress: SourceProgress = { bytes: 0, totalBytes: null, events: 0, rejected: 0 };
  #failure: Error | undefined;
  readonly #heads = new Map<string, EpochMicros>();
  #over = false;
  #wake: () => void = () => {};

  constructor(worker: Worker) {
    this.#worker = worker;
    this.opened = new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        this.#hear(message);
        if (this.#failure === undefined) resolve();
        else reject(this.#failure);
        this.#wake();
      });
      worker.on('error', (error) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        reject(this.#failure);
        this.#wake();
      });
      worker.on('exit', () => {
        this.#over = true;
        this.#wake();
      });
    });
  }

  /** How far the batches read so far have come. */
  progress(): SourceProgress {
    return this.#progress;
  }

  /** Partitions with an open end of which every event was consumed, each with the moment since when nothing has come. */
  heads(): ReadonlyMap<string, EpochMicros> {
    return this.#over || this.#batches.length > 0 ? new Map() : this.#heads;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventBatch> {
    try {
      for (;;) {
        const batch = this.#batches.shift();
        if (batch !== undefined) {
          this.#tell({ kind: 'credit' });
          yield batch;
        } else if (this.#failure !== undefined) {
          throw this.#failure;
        } else if (this.#over) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      await this.stop();
    }
  }

  /** Ends the worker; batches that were not taken are dropped, and are read again after a resume. */
  async stop(): Promise<void> {
    if (this.#over) return;
    this.#tell({ kind: 'stop' });
    await this.#worker.terminate();
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'opened':
        this.recognised = message.recognised;
        this.notices = message.notices;
        this.partitions = message.partitions;
        break;
      case 'batch':
        this.#progress = message.progress;
        this.#heads.clear();
        if (this.#batches.length >= CREDITS) throw new Error('the parse worker sent more than its credits');
        this.#batches.push(message.batch);
        break;
      case 'head':
        this.#heads.set(message.head.partition, message.head.since);
        break;
      case 'error':
        this.#failure = new FootfallError(message.code, message.params as ErrorParams<ErrorCode>);
        break;
      case 'end':
        this.#over = true;
    }
  }
}
