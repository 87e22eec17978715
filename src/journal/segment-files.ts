import { closeSync, fdatasyncSync, ftruncateSync, openSync, writevSync } from 'node:fs';

/** What a writer of segments asks of the file system: tests have it fail. */
export interface SegmentFiles {
  /** Opens a file to write to it; `fresh`: it must not exist. */
  open(path: string, fresh: boolean): number;
  /** Returns how many bytes were written, maybe not all. */
  write(file: number, parts: readonly Uint8Array[], at: number): number;
  /** Returns when what was written is on disk. */
  sync(file: number): void;
  truncate(file: number, size: number): void;
  close(file: number): void;
}

export const SEGMENT_FILES: SegmentFiles = {
  open: (path, fresh) => openSync(path, fresh ? 'wx' : 'r+'),
  write: (file, parts, at) => writevSync(file, parts, at),
  sync: fdatasyncSync,
  truncate: ftruncateSync,
  close: closeSync,
};
