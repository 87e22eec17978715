import { parentPort, workerData } from 'node:worker_threads';
import type { FromAppender, ToAppender } from './appender.ts';
import { SegmentWriter } from './segment-writer.ts';

/** The append worker: records that came while the last ones were written go to disk together (group commit). */
const writer = new SegmentWriter(workerData as string);

type Append = Extract<ToAppender, { kind: 'append' }>;

let pending: Append[] = [];
let rotations: number[] = [];
let closing = false;
let scheduled = false;

const say = (message: FromAppender): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToAppender) => {
  if (message.kind === 'close') closing = true;
  else if (message.kind === 'rotate') rotations.push(message.id);
  else pending.push(message);
  if (scheduled) return;
  scheduled = true;
  // After all messages that have come so far.
  setImmediate(flush);
});

function flush(): void {
  scheduled = false;
  const group = pending;
  pending = [];
  if (group.length > 0) {
    const ids = group.map(({ id }) => id);
    const bytes = group.reduce((sum, each) => sum + each.bytes.length, 0);
    const began = performance.now();
    try {
      writer.write(group);
      say({ kind: 'done', ids, bytes, seconds: (performance.now() - began) / 1000 });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      say({ kind: 'failed', ids, full: code === 'ENOSPC' || code === 'EDQUOT', reason: message });
    }
  }
  if (rotations.length > 0) {
    writer.rotate();
    say({ kind: 'rotated', ids: rotations });
    rotations = [];
  }
  if (!closing) return;
  writer.close();
  parentPort?.close();
}
