import { existsSync, statSync } from 'node:fs';
import { segmentPath, segmentsOf } from './segment.ts';
import { SEGMENT_FILES, type SegmentFiles } from './segment-files.ts';
import { syncFolder } from './write-durably.ts';

/** A segment is closed once it is as large as this. */
const SEGMENT_BYTES = 64 << 20;

/** A record to be written, with the number of its first row. */
export interface EncodedRecord {
  readonly first: number;
  readonly bytes: Uint8Array;
}

/**
 * Writes records to the newest segment of a folder, and begins another when it is full. What `write` returned for is on
 * disk; what it threw for is not in the journal, unless not even that could be made sure of.
 */
export class SegmentWriter {
  private readonly folder: string;
  private readonly files: SegmentFiles;
  private readonly most: number;
  /** Segments that nothing more is written to: they were rotated, or have an end that could not be put right. */
  private readonly finished = new Set<string>();
  /** The segment that is written to: undefined until the first record, and after a failure. */
  private segment: { readonly path: string; readonly file: number; size: number } | undefined;

  constructor(folder: string, files: SegmentFiles = SEGMENT_FILES, most = SEGMENT_BYTES) {
    this.folder = folder;
    this.files = files;
    this.most = most;
  }

  /** Writes a group of records; all of them are on disk when it returns. @throws what the file system says */
  write(group: readonly EncodedRecord[]): void {
    const [head] = group;
    if (head === undefined) return;
    try {
      this.segment ??= this.open(head.first);
      const { segment, files } = this;
      let left: readonly Uint8Array[] = group.map(({ bytes }) => bytes);
      let at = segment.size;
      while (left.length > 0) {
        const written = files.write(segment.file, left, at);
        at += written;
        left = after(left, written);
      }
      files.sync(segment.file);
      segment.size = at;
    } catch (error) {
      this.abandon();
      throw error;
    }
    if (this.segment.size >= this.most) this.close();
  }

  /** What comes next goes to a segment of its own. */
  rotate(): void {
    this.close();
    const last = segmentsOf(this.folder).at(-1);
    if (last !== undefined) this.finished.add(last.path);
  }

  close(): void {
    const { segment } = this;
    this.segment = undefined;
    if (segment !== undefined) this.files.close(segment.file);
  }

  /** Goes on with the newest segment, or begins another. */
  private open(first: number): NonNullable<SegmentWriter['segment']> {
    const last = segmentsOf(this.folder).at(-1);
    const goesOn = last !== undefined && last.bytes < this.most && !this.finished.has(last.path);
    const path = goesOn ? last.path : segmentPath(this.folder, first);
    const fresh = !existsSync(path);
    const file = this.files.open(path, fresh);
    try {
      if (fresh) syncFolder(this.folder);
      return { path, file, size: fresh ? 0 : statSync(path).size };
    } catch (error) {
      this.files.close(file);
      throw error;
    }
  }

  /**
   * After a failed write nobody knows what is on disk, nor after a failed sync what the next one would say: the system may
   * have forgotten what it could not write, and say of the next sync that all is well. What was not acknowledged is cut
   * off, and the file is opened anew. Where not even that can be done, another file is begun, and what was refused may be
   * found in this one after all: whoever sends it again is told that it is there.
   */
  private abandon(): void {
    const { segment, files } = this;
    if (segment === undefined) return;
    this.segment = undefined;
    try {
      files.truncate(segment.file, segment.size);
    } catch {
      this.finished.add(segment.path);
    } finally {
      files.close(segment.file);
    }
  }
}

/** What is left of parts after so many bytes. */
const after = (parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] => {
  let taken = bytes;
  return parts.flatMap((part) => {
    const here = Math.min(taken, part.length);
    taken -= here;
    return here === part.length ? [] : [part.subarray(here)];
  });
};
