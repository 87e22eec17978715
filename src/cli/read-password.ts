import type { ReadStream } from 'node:tty';
import { FootfallError } from '../core/errors/footfall-error.ts';

const [INTERRUPT, BACKSPACE, DELETE] = ['\u0003', '\b', '\u007f'] as const;
/** Enter, in both ways, the end of what is typed, and Ctrl-C. */
const ENDS: readonly string[] = ['\r', '\n', '\u0004', INTERRUPT];

/**
 * Asks for a password at a terminal without showing it, twice.
 * @throws FootfallError `cli.usage` when the two are not the same, or it was left by Ctrl-C
 */
export async function askPassword(input: ReadStream, say: (text: string) => void): Promise<string> {
  const ask = async (question: string): Promise<string> => {
    say(question);
    const line = await hiddenLine(input);
    say('\n');
    return line;
  };
  const first = await ask('password: ');
  if ((await ask('again: ')) !== first) throw new FootfallError('cli.usage', { reason: 'the two passwords differ' });
  return first;
}

/** The first line of what is piped in. */
export async function pipedLine(input: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
}

function hiddenLine(input: ReadStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line = '';
  const read = (text: string): void => {
    const keys = [...text];
    for (const [i, key] of keys.entries()) {
      if (ENDS.includes(key)) {
        end(keys.slice(i + 1).join(''));
        if (key === INTERRUPT) reject(new FootfallError('cli.usage', { reason: 'no password was given' }));
        else resolve(line);
        return;
      }
      if (key === BACKSPACE || key === DELETE) line = [...line].slice(0, -1).join('');
      else if (key >= ' ') line += key;
    }
  };
  /** @param rest what was typed or pasted ahead: it is for the next question */
  const end = (rest: string): void => {
    input.off('data', read);
    input.setRawMode(false);
    input.pause();
    if (rest !== '') input.unshift(rest);
  };
  input.setEncoding('utf8');
  input.setRawMode(true);
  input.on('data', read);
  input.resume();
  return promise;
}
