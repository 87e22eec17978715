import { createReadStream, fstatSync, type ReadStream } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, ReadStream as TerminalInput } from 'node:tty';

const FD = 0;

/**
 * Standard input as a stream, whatever it is: a pipe or socket of any pace, a terminal, or a redirected file.
 *
 * A pipe may be non-blocking: other ends of it set that, and so does whoever imports `node:process` here, which opens
 * `process.stdin`. A plain read of it fails with EAGAIN whenever the writer is behind, so it is waited for by the event
 * loop. What cannot be waited for, files and devices, is read by threads.
 */
export const standardInput = (): ReadStream | Socket => {
  if (isatty(FD)) return new TerminalInput(FD);
  const kind = fstatSync(FD);
  return kind.isFIFO() || kind.isSocket()
    ? new Socket({ fd: FD, readable: true, writable: false })
    : createReadStream('', { fd: FD, autoClose: false });
};
