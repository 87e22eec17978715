import { CATALOGUE, type ErrorCode, type ErrorParams } from './catalogue/catalogue.ts';
import type { ErrorEntry } from './error-entry.ts';
import { EXIT } from './exit-code.ts';

export interface ErrorOptions {
  /** What led to it: the error of a library or of another system. */
  readonly cause?: unknown;
  /** Where it is: `file:line`, a JSON pointer, a column, an option. */
  readonly where?: string;
}

/** The form of an error in `--json` output and HTTP answers. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly title: string;
  readonly message: string;
  readonly where: string | null;
  readonly hint: string;
  readonly exit_code: number;
  readonly whose: ErrorEntry['whose'];
  readonly retry: boolean;
  readonly docs: string;
}

/**
 * A failure that was foreseen: one entry of the catalogue, with what happened this time. Defects are bare `Error`s.
 * @example throw new FootfallError('source.missing', { path }, { cause })
 */
export class FootfallError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'FootfallError';
  readonly code: C;
  readonly params: Readonly<Record<string, string | number>>;
  readonly where: string | null;

  constructor(code: C, params: ErrorParams<C>, options: ErrorOptions = {}) {
    const text = fill(CATALOGUE[code].message, params);
    super(
      options.where === undefined ? text : `${options.where}: ${text}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    this.params = params;
    this.where = options.where ?? null;
  }

  get entry(): ErrorEntry {
    return CATALOGUE[this.code];
  }

  /** What to do next. */
  get hint(): string {
    return fill(this.entry.hint, this.params);
  }

  get exitCode(): number {
    return EXIT[this.entry.exit].code;
  }

  /**
   * What, why, what next, for a terminal.
   * @example
   * error store.locked: shop/footfall.duckdb is open in another process
   *   because: IO Error: Could not set lock on file ...
   *   next: stop that process, ask the running server instead, or choose another folder with --data
   */
  render(): string {
    const because = this.cause instanceof Error ? firstLine(this.cause.message) : null;
    const lines = [`error ${this.code}: ${this.message}`];
    if (because !== null && because !== '' && !this.message.includes(because)) lines.push(`  because: ${because}`);
    lines.push(`  next: ${this.hint}`);
    return lines.join('\n');
  }

  toJSON(): ErrorReport {
    const { title, whose, retry } = this.entry;
    return {
      code: this.code,
      title,
      message: this.message,
      where: this.where,
      hint: this.hint,
      exit_code: this.exitCode,
      whose,
      retry,
      docs: `docs/errors.md#${this.code.replace('.', '')}`,
    };
  }

  /** The error itself if it was foreseen; anything else is a defect, and is reported as one. */
  static from(error: unknown): FootfallError {
    if (error instanceof FootfallError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new FootfallError('internal.bug', { reason: firstLine(reason) }, { cause: error });
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

const fill = (template: string, params: Readonly<Record<string, string | number>>): string =>
  template
    .replace(/\{(\w+)(\??)\}/g, (_, name: string, optional: string) => {
      const value = params[name];
      return value === undefined ? (optional === '' ? `{${name}}` : '') : String(value);
    })
    .replace(/ {2,}/g, ' ');
