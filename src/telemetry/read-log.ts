import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogLine, parseLogLine } from './log-line.ts';
import { logFile } from './rotating-file.ts';

/** More files than any log has. */
const MOST_FILES = 100;
const LOOK_EVERY = 200;

/** Lines of a data folder's log, the oldest first. */
export function* readLog(folder: string): Generator<LogLine> {
  let oldest = 0;
  while (oldest + 1 < MOST_FILES && existsSync(logFile(folder, oldest + 1))) oldest += 1;
  for (let age = oldest; age >= 0; age -= 1) {
    const path = logFile(folder, age);
    if (existsSync(path)) yield* linesIn(readFileSync(path, 'utf8'));
  }
}

/** Lines that come from now on, also after the file has begun anew, and when it is made only then. */
export async function* followLog(folder: string, signal: AbortSignal): AsyncGenerator<LogLine> {
  const path = logFile(folder, 0);
  let file = openIfThere(path);
  let at = file === undefined ? 0 : fstatSync(file).size;
  let rest = '';
  try {
    while (!signal.aborted) {
      await sleep(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
      if (file === undefined) {
        file = openIfThere(path);
        at = 0;
        continue;
      }
      const text = rest + readFrom(file, at);
      at += Buffer.byteLength(text) - Buffer.byteLength(rest);
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      yield* linesIn(text.slice(0, end));
      if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino) continue;
      // It has begun anew; what was written to the old one in between is read before.
      yield* linesIn(rest + readFrom(file, at));
      closeSync(file);
      file = openIfThere(path);
      [at, rest] = [0, ''];
    }
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const openIfThere = (path: string): number | undefined => (existsSync(path) ? openSync(path, 'r') : undefined);

/** Whole characters only: a line is written at once, so that its end is that of a character. */
function readFrom(file: number, at: number): string {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - at));
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, at));
}

const linesIn = (text: string): LogLine[] =>
  text.split('\n').flatMap((each) => {
    const line = each === '' ? undefined : parseLogLine(each);
    return line === undefined ? [] : [line];
  });
