import { type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../core/log-level.ts';
import { lineText, loggedError, parseLogLine } from './log-line.ts';
import { RotatingFile } from './rotating-file.ts';

/** Where lines are written. Errors go as `{ error }`, with their code, stack and causes. */
export type Log = Logger;

export interface LogWish {
  readonly level: LogLevel | 'silent';
  /** A file of the data folder; or standard error, where somebody else keeps what a process writes. */
  readonly to: 'file' | 'stderr';
  /** The data folder. */
  readonly folder: string;
  /** Standard error is a terminal: lines on it are for people. */
  readonly people: boolean;
  readonly write: (text: string) => void;
}

export interface OpenLog {
  readonly log: Log;
  /** Lines that could not be written. */
  readonly lost: () => number;
  close(): void;
}

/** Opens the log of a server: one JSON line an event, and what is an error also where the operator looks. */
export function openLog({ level, to, folder, people, write }: LogWish): OpenLog {
  const file = to === 'file' ? new RotatingFile(folder) : undefined;
  const stream = {
    write(text: string): void {
      file?.write(text);
      if (to === 'stderr' && !people) {
        write(text);
        return;
      }
      const line = parseLogLine(text);
      // What ends the process is told when it ends.
      const told = line !== undefined && (to === 'stderr' || line.level === 'error');
      if (told) write(`${lineText(line)}\n`);
    },
  };
  const log = pino(
    {
      level,
      base: null,
      errorKey: 'error',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: loggedError },
    },
    stream,
  );
  return { log, lost: () => file?.lost ?? 0, close: () => file?.close() };
}
