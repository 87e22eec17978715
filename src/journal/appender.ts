import { Worker } from 'node:worker_threads';
import { FootfallError } from '../core/errors/footfall-error.ts';

/** What the append worker is told. */
export type ToAppender =
  | { readonly kind: 'append'; readonly id: number; readonly first: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'rotate'; readonly id: number }
  | { readonly kind: 'close' };

/** What it says: these records are on disk, or these are not and never will be. */
export type FromAppender =
  | { readonly kind: 'done'; readonly ids: readonly number[]; readonly bytes: number; readonly seconds: number }
  | { readonly kind: 'rotated'; readonly ids: readonly number[] }
  | { readonly kind: 'failed'; readonly ids: readonly number[]; readonly full: boolean; readonly reason: string };

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Appends records in a thread of its own, so that a slow disk holds up nothing else. */
export class Appender {
  private readonly folder: string;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private id = 0;
  private failure: Error | undefined;
  /** Records that are on disk, of those handed over. */
  written = 0;
  /** Told of each group of records that went to disk together, and how long that took, the sync included. */
  onSync: ((bytes: number, seconds: number) => void) | undefined;

  constructor(folder: string) {
    this.folder = folder;
    this.worker = new Worker(new URL('./append-worker.ts', import.meta.url), { workerData: folder });
    this.worker.on('message', (message: FromAppender) => this.hear(message));
    this.worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.worker.unref();
  }

  get backlog(): number {
    return this.waiting.size;
  }

  /** Resolves when the record is on disk. @throws FootfallError `store.disk_full`, `journal.write` */
  append(first: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.ask((id) => this.tell({ kind: 'append', id, first, bytes }, [bytes.buffer]));
  }

  /** Resolves when all segments that there are have their last record. */
  rotate(): Promise<void> {
    return this.ask((id) => this.tell({ kind: 'rotate', id }));
  }

  private ask(tell: (id: number) => void): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = this.id++;
    const done = new Promise<void>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    if (this.waiting.size === 1) this.worker.ref();
    tell(id);
    return done;
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.worker.once('exit', resolve));
    this.worker.ref();
    this.tell({ kind: 'close' });
    await exited;
  }

  private tell(message: ToAppender, transfer: readonly ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private hear(message: FromAppender): void {
    if (message.kind === 'done') {
      this.written += message.ids.length;
      this.onSync?.(message.bytes, message.seconds);
    }
    for (const id of message.ids) {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (message.kind !== 'failed') waiting?.resolve();
      else
        waiting?.reject(
          message.full
            ? new FootfallError('store.disk_full', { path: this.folder })
            : new FootfallError('journal.write', { path: this.folder, reason: message.reason }),
        );
    }
    if (this.waiting.size === 0) this.worker.unref();
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
