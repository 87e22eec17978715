import { expect, test } from 'vitest';
import { CATALOGUE, type ErrorCode } from './catalogue/catalogue.ts';
import { EXIT } from './exit-code.ts';
import { FootfallError } from './footfall-error.ts';

test('an error says what, why and what next', () => {
  const cause = new Error('IO Error: Could not set lock on file\nConflicting lock is held in PID 1');
  const error = new FootfallError('store.locked', { path: 'shop/footfall.duckdb' }, { cause });
  expect(error.render()).toBe(
    [
      'error store.locked: shop/footfall.duckdb is open in another process',
      '  because: IO Error: Could not set lock on file',
      '  next: stop that process, ask the running server instead, or choose another folder with --data',
    ].join('\n'),
  );
  expect(error.exitCode).toBe(4);
});

test('the place stands before the message', () => {
  const error = new FootfallError('view.compile', { view: 'x', reason: 'no key' }, { where: 'footfall.config.ts' });
  expect(error.message).toBe('footfall.config.ts: view x: no key');
  expect(error.where).toBe('footfall.config.ts');
});

test('placeholders that may be left out leave no gap', () => {
  expect(new FootfallError('cli.usage', { reason: 'no file given' }).hint).toBe(
    'footfall --help shows the options with examples',
  );
  expect(new FootfallError('cli.usage', { reason: 'no file given', command: 'replay' }).hint).toBe(
    'footfall replay --help shows the options with examples',
  );
});

test('the report carries all that a script needs', () => {
  expect(
    new FootfallError('view.unknown', { view: 'sesions', suggestion: ' (did you mean "sessions"?)' }).toJSON(),
  ).toEqual({
    code: 'view.unknown',
    title: 'unknown view',
    message: 'there is no view sesions (did you mean "sessions"?)',
    where: null,
    hint: 'footfall views lists them',
    exit_code: 2,
    whose: 'user',
    retry: false,
    docs: 'docs/errors.md#viewunknown',
  });
});

test('whatever was not foreseen is a defect that keeps its cause', () => {
  const cause = new TypeError('x is not a function');
  const error = FootfallError.from(cause);
  expect([error.code, error.exitCode, error.cause]).toEqual(['internal.bug', EXIT.internal.code, cause]);
  expect(FootfallError.from(error)).toBe(error);
});

const entries = Object.entries(CATALOGUE) as [ErrorCode, (typeof CATALOGUE)[ErrorCode]][];

test.each(entries)('%s reads like the others', (code, { title, message, hint }) => {
  expect(code).toMatch(/^[a-z]+\.[a-z0-9_]+$/);
  for (const text of [title, message, hint]) {
    expect(text).not.toMatch(/[.!]$/);
    expect(text).not.toMatch(/^[A-Z][a-z]/);
    expect(text.length).toBeGreaterThan(0);
  }
});
