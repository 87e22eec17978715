import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Ends with a process of its own what never ends, or fails to. */
function ended(failed: string, how: string) {
  const script = `
    import { FootfallError } from ${JSON.stringify(new URL('../core/errors/footfall-error.ts', import.meta.url).href)};
    import { endInTime } from ${JSON.stringify(new URL('./end-in-time.ts', import.meta.url).href)};
    const begun = new AsyncDisposableStack();
    begun.defer(async () => { ${how} });
    await endInTime(begun, 50, { failed: ${failed}, json: false, say: (line) => console.error(line) });
    console.error('ended');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

const NEVER = 'await new Promise((resolve) => setTimeout(resolve, 60_000))';
const FULL = "{ with: new FootfallError('store.disk_full', { path: 'shop' }) }";

test('a server that failed and does not end says why, and is no success', () => {
  const { status, stderr } = ended(FULL, NEVER);
  expect(stderr).toContain('it has not ended after 0.05 s');
  expect(stderr).toContain('error store.disk_full');
  expect(status).toBeGreaterThan(0);
});

test('one that was asked to end and does not is cut off in peace', () => {
  expect(ended('undefined', NEVER)).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
});

test('what fails at the end is told where nothing failed before', () => {
  expect(ended('undefined', "throw new Error('at the end')").stderr).toContain('at the end');
  expect(ended(FULL, "throw new Error('at the end')").stderr).toBe('ended\n');
});
