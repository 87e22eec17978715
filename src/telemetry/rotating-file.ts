import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How much is kept, in bytes a file. */
export interface RotatingLimits {
  readonly bytes: number;
  /** Files in all, the one that is written to included. */
  readonly files: number;
}

/** 50 MB: weeks of a small shop, and no burden to a small disk. */
const LIMITS: RotatingLimits = { bytes: 10_000_000, files: 5 };

/** @example logFile('./footfall-data', 0) // './footfall-data/logs/footfall.ndjson'; older ones have higher numbers */
export const logFile = (folder: string, age: number): string =>
  join(folder, 'logs', age === 0 ? 'footfall.ndjson' : `footfall.${age}.ndjson`);

/**
 * A file of lines that begins anew when it has become large; the oldest are removed. Lines are written at once, so that
 * a crash takes none of them, and only for this user to read. A disk that takes no more costs lines, not the process.
 */
export class RotatingFile {
  private readonly folder: string;
  private readonly limits: RotatingLimits;
  private file: number;
  private size: number;
  /** Lines that could not be written. */
  lost = 0;

  /** @throws the system's error when the file cannot be opened */
  constructor(folder: string, limits: RotatingLimits = LIMITS) {
    this.folder = folder;
    this.limits = limits;
    mkdirSync(join(folder, 'logs'), { recursive: true });
    this.file = openSync(logFile(folder, 0), 'a', 0o600);
    this.size = fstatSync(this.file).size;
  }

  write(line: string): void {
    try {
      if (this.size > 0 && this.size + line.length > this.limits.bytes) this.rotate();
      this.size += writeSync(this.file, line);
    } catch {
      this.lost += 1;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private rotate(): void {
    const { files } = this.limits;
    rmSync(logFile(this.folder, files - 1), { force: true });
    for (let age = files - 2; age >= 0; age -= 1) {
      try {
        renameSync(logFile(this.folder, age), logFile(this.folder, age + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    const next = openSync(logFile(this.folder, 0), 'a', 0o600);
    closeSync(this.file);
    this.file = next;
    this.size = 0;
  }
}
