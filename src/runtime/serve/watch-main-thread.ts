import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Millis } from '../../core/time.ts';
import { STALL_REPORT } from './stall-report.ts';

/** What the watching thread is given. */
export interface MainThreadWatch {
  /** One number, another one whenever the main thread came by. */
  readonly beats: SharedArrayBuffer;
  readonly patience: Millis;
  /** Where it writes what the main thread is doing. */
  readonly path: string;
  /** The process that started this one. */
  readonly parent: number;
}

/** A main thread that has not come by for so long is looked at; the launcher ends it later. */
const PATIENCE: Millis = 5_000;

/** Has a thread of its own look whether this one goes on. @returns no longer */
export function watchMainThread(folder: string, patience: Millis = PATIENCE): () => Promise<void> {
  const beats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workerData: MainThreadWatch = { beats, patience, path: join(folder, STALL_REPORT), parent: process.ppid };
  const worker = new Worker(new URL('./main-thread-worker.ts', import.meta.url), { workerData });
  // It only watches: that it cannot is no reason to end.
  worker.on('error', () => undefined);
  worker.unref();
  const counter = new Int32Array(beats);
  const timer = setInterval(() => void Atomics.add(counter, 0, 1), patience / 10).unref();
  return async () => {
    clearInterval(timer);
    await worker.terminate();
  };
}
