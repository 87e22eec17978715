import { parentPort, workerData } from 'node:worker_threads';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { transferList } from './columns/transfer-list.ts';
import { openFileSource } from './file/file-source.ts';
import { CREDITS, type FromWorker, type ParseJob, type ToWorker } from './worker-messages.ts';

/** The `parse` worker: bytes in, batches out, at most `CREDITS` of them not yet consumed. */
const { source: options, batchEvents } = workerData as ParseJob;
const stopping = new AbortController();
let credits = CREDITS;
let wake: () => void = () => {};

const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stopping.abort();
  else credits += 1;
  wake();
});

const credit = async (): Promise<void> => {
  while (credits === 0 && !stopping.signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  credits -= 1;
};

try {
  const source = await openFileSource(options);
  say({ kind: 'opened', recognised: source.recognised, notices: source.notices, partitions: source.partitions });
  try {
    for (;;) {
      await credit();
      if (stopping.signal.aborted) break;
      const batch = await source.nextBatch(batchEvents, stopping.signal, (head) => say({ kind: 'head', head }));
      if (batch === null) break;
      say({ kind: 'batch', batch, progress: source.progress() }, transferList(batch));
    }
  } finally {
    await source.close();
  }
  say({ kind: 'end' });
} catch (error) {
  if (stopping.signal.aborted) say({ kind: 'end' });
  else if (error instanceof FootfallError) say({ kind: 'error', code: error.code, params: error.params });
  else throw error;
}
parentPort?.close();
