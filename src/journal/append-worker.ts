import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, statSync, writevSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromAppender, ToAppender } from './appender.ts';
import { segmentPath, segmentsOf } from './segment.ts';
import { syncFolder } from './write-durably.ts';

/** The append worker: records that came while the last ones were written go to disk together (group commit). */
const folder = workerData as string;
/** A segment is closed once it is as large as this. */
const SEGMENT_BYTES = 64 << 20;

type Append = Extract<ToAppender, { kind: 'append' }>;

let pending: Append[] = [];
let closing = false;
let scheduled = false;
/** A segment with an end that could not be put right. */
let untrusted: string | undefined;
/** The segment that is written to: undefined until the first record, and after a failure. */
let segment: { readonly file: number; size: number } | undefined;

const say = (message: FromAppender): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToAppender) => {
  if (message.kind === 'close') closing = true;
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
    try {
      write(group);
      say({ kind: 'done', ids });
    } catch (error) {
      abandon();
      const { code, message } = error as NodeJS.ErrnoException;
      say({ kind: 'failed', ids, full: code === 'ENOSPC' || code === 'EDQUOT', reason: message });
    }
  }
  if (!closing) return;
  if (segment !== undefined) closeSync(segment.file);
  parentPort?.close();
}

function write(group: readonly Append[]): void {
  const [{ first }] = group as [Append, ...Append[]];
  segment ??= open(first);
  let left: Uint8Array[] = group.map(({ bytes }) => bytes);
  const bytes = left.reduce((sum, each) => sum + each.length, 0);
  let at = segment.size;
  while (left.length > 0) {
    let written = writevSync(segment.file, left, at);
    at += written;
    left = left.flatMap((each) => {
      const taken = Math.min(written, each.length);
      written -= taken;
      return taken === each.length ? [] : [each.subarray(taken)];
    });
  }
  fdatasyncSync(segment.file);
  segment.size += bytes;
  if (segment.size < SEGMENT_BYTES) return;
  closeSync(segment.file);
  segment = undefined;
}

/** Goes on with the newest segment, or begins another. */
function open(first: number): { readonly file: number; size: number } {
  const last = segmentsOf(folder).at(-1);
  const goesOn = last !== undefined && last.bytes < SEGMENT_BYTES && last.path !== untrusted;
  const path = goesOn ? last.path : segmentPath(folder, first);
  const fresh = !existsSync(path);
  const file = openSync(path, fresh ? 'wx' : 'r+');
  if (fresh) syncFolder(folder);
  return { file, size: fresh ? 0 : statSync(path).size };
}

/**
 * After a failed write nobody knows what is on disk, nor after a failed sync what the next one would say: what was not
 * acknowledged is cut off, and the file is opened anew. Where not even that can be done, another file is begun, and what
 * was refused may be found in this one after all: whoever sends it again is told that it is there.
 */
function abandon(): void {
  if (segment === undefined) return;
  const { file, size } = segment;
  segment = undefined;
  try {
    ftruncateSync(file, size);
  } catch {
    untrusted = segmentsOf(folder).at(-1)?.path;
  } finally {
    closeSync(file);
  }
}
