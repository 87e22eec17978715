import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { expect, test } from 'vitest';
import { askPassword, pipedLine } from './read-password.ts';

/** A terminal at which somebody types, and that remembers whether it shows what is typed. */
function terminal(): { readonly input: ReadStream; type(keys: string): void; readonly hidden: () => boolean } {
  const keys = new PassThrough();
  let raw = false;
  const setRawMode = (mode: boolean): void => {
    raw = mode;
  };
  return {
    input: Object.assign(keys, { setRawMode }) as unknown as ReadStream,
    type: (text) => void keys.write(text),
    hidden: () => raw,
  };
}

/** Types an answer to each question. @returns what was asked, and what came of it */
async function asked(...answers: readonly string[]) {
  const { input, type, hidden } = terminal();
  const said: string[] = [];
  const waiting = [...answers];
  const password = askPassword(input, (text) => {
    said.push(text);
    const answer = text.endsWith(': ') ? waiting.shift() : undefined;
    if (answer !== undefined)
      setImmediate(() => {
        expect(hidden()).toBe(true);
        type(answer);
      });
  });
  return password.then(
    (given) => ({ given, said: said.join(''), hidden: hidden() }),
    (error: { message: string }) => ({ error: error.message, said: said.join(''), hidden: hidden() }),
  );
}

test('a password is typed twice, and not shown', async () => {
  expect(await asked('correct horse\r', 'correct horse\r')).toEqual({
    given: 'correct horse',
    said: 'password: \nagain: \n',
    hidden: false,
  });
  expect(await asked('corx\u007frect\n', 'correct\u0004')).toMatchObject({ given: 'correct' });
  // Both at once, as they are pasted.
  expect(await asked('correct\rcorrect\r')).toMatchObject({ given: 'correct', said: 'password: \nagain: \n' });
  expect(await asked('one\r', 'other\r')).toMatchObject({ error: 'the two passwords differ', hidden: false });
  expect(await asked('one\u0003')).toEqual({ error: 'no password was given', said: 'password: ', hidden: false });
});

test('the first line that is piped in is the password, without its end', async () => {
  const piped = (...parts: readonly string[]) => pipedLine(PassThrough.from(parts));
  expect(await piped('cor', 'rect\r\nmore\n')).toBe('correct');
  expect(await piped(' spaces stay ')).toBe(' spaces stay ');
  expect(await piped()).toBe('');
});
