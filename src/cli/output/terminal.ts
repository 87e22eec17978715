import { styleText } from 'node:util';
import { drained } from '../../runtime/drained.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'underline';

/** The streams of a command, and what may be done with them. */
export interface Terminal {
  /** Standard output is a terminal that a person looks at. */
  readonly interactive: boolean;
  /** Progress may be redrawn in place on standard error. */
  readonly progress: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Writes results; waits while the reader is behind. */
  out(text: string | Uint8Array): Promise<void>;
  /** Writes a line about what happens: never mixed into results. */
  say(line: string): void;
  /** Redraws the progress line; an empty text removes it. Nothing where there is no terminal. */
  redraw(line: string): void;
  paint(style: Style, text: string): string;
}

/** @param colour false: no colour whatever the streams are (`--no-color`); `NO_COLOR` is obeyed too */
export function processTerminal(colour: boolean): Terminal {
  const { stdout, stderr } = process;
  const coloured = colour && stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  let drawn = false;
  const clear = (): void => {
    if (drawn) stderr.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    interactive: stdout.isTTY,
    progress: stderr.isTTY && process.env['TERM'] !== 'dumb',
    get columns() {
      return stdout.columns ?? 100;
    },
    get rows() {
      return stdout.rows ?? 30;
    },
    async out(text) {
      if (stdout.destroyed) throw new BrokenPipe();
      if (!stdout.write(text)) await drained(stdout);
    },
    say(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    redraw(line) {
      if (!stderr.isTTY || process.env['TERM'] === 'dumb') return;
      clear();
      if (line === '') return;
      stderr.write(line);
      drawn = true;
    },
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Nobody reads the results any more, as with `| head`: no mistake of anyone. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}
