import { LOG_LEVELS, type LogLevel } from '../core/log-level.ts';

/** An error in a log line, with what led to it. */
export interface LoggedError {
  /** Of the error catalogue; absent where none has it. */
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** A line of the log: what happened, with the fields that docs/operation.md lists. */
export interface LogLine {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly msg: string;
  readonly error?: LoggedError;
  readonly [field: string]: unknown;
}

/** Causes are followed so deep. */
const DEEPEST = 5;

/** An error as a log line has it: code, message, stack and causes, and nothing else that may hang on it. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { readonly code?: unknown };
  return {
    ...(typeof code === 'string' ? { code } : {}),
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth >= DEEPEST ? {} : { cause: loggedError(error.cause, depth + 1) }),
  };
}

/** @returns undefined where a line is none of ours, or was cut off */
export function parseLogLine(text: string): LogLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<LogLine> | null;
    const known = typeof line?.time === 'string' && typeof line.msg === 'string' && isLevel(line.level);
    return known ? (line as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a line is of this level or above. */
export const isAtLeast = (level: LogLevel, least: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);

const isLevel = (text: unknown): text is LogLevel => LOG_LEVELS.some((level) => level === text);

/**
 * A line for people.
 * @example lineText(line) // '19:22:01.123 warn  GET /v1/views/:name/rows 503 status=503 ms=3.1'
 */
export function lineText({ time, level, msg, error, ...fields }: LogLine): string {
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
  const head = [time.slice(11, 23), level.padEnd(5), msg, ...rest].join(' ');
  return error === undefined ? head : [head, ...errorLines(error)].join('\n');
}

function errorLines({ code, message, stack, cause }: LoggedError): string[] {
  const [first = '', ...frames] = (stack ?? message).split('\n');
  const named = code === undefined || first.includes(code) ? first : `${code}: ${first}`;
  const lines = [named, ...frames].map((line) => `  ${line}`);
  return cause === undefined ? lines : [...lines, '  because', ...errorLines(cause)];
}

const shown = (value: unknown): string =>
  typeof value === 'string' && /^[\w./:+-]+$/.test(value) ? value : JSON.stringify(value);
