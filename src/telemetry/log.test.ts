import { expect, test } from 'vitest';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { openLog } from './log.ts';
import { lineText, parseLogLine } from './log-line.ts';

/** What a log writes to standard error. */
function written(level: 'debug' | 'warn', people: boolean) {
  const texts: string[] = [];
  const { log } = openLog({ level, to: 'stderr', folder: 'nowhere', people, write: (text) => texts.push(text) });
  return { log, texts };
}

test('an error has its line, with its code, its stack and what led to it, and nothing that hangs on it', () => {
  const { log, texts } = written('warn', false);
  const cause = Object.assign(new Error('disk says no'), { code: 'EIO', secret: 'hidden' });
  log.error({ error: new FootfallError('journal.write', { path: 'a', reason: 'b' }, { cause }) }, 'request failed');
  log.info('too little');
  expect(texts).toHaveLength(1);
  const line = parseLogLine(texts[0] ?? '');
  expect(line).toMatchObject({
    level: 'error',
    msg: 'request failed',
    error: { code: 'journal.write', stack: expect.stringContaining('log.test.ts') },
  });
  expect(line?.error?.cause).toMatchObject({ code: 'EIO', message: 'disk says no' });
  expect(Date.parse(line?.time ?? '')).toBeGreaterThan(0);
  expect(texts[0]).not.toContain('hidden');
});

test('for people a line is short, and an error stands below it', () => {
  const { log, texts } = written('debug', true);
  log.warn({ route: '/v1/views', ms: 3.1 }, 'slow');
  expect(texts[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}slow route=\/v1\/views ms=3.1\n$/);
  const error = { message: 'b', code: 'x.y', cause: { message: 'c' } };
  expect(lineText({ time: '2026-11-21T10:00:00.000Z', level: 'error', msg: 'a', error })).toBe(
    '10:00:00.000 error a\n  x.y: b\n  because\n  c',
  );
});

test.each(['', '{', 'null', '{"time":"x"}', '{"time":"x","msg":"y","level":"loud"}'])('%s is no line', (text) => {
  expect(parseLogLine(text)).toBeUndefined();
});
