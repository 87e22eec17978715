/** `npm run check`: everything that can be known without running the product. Runs all of it, then says what failed. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['tsc'] },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'dead code', command: ['knip'] },
  {
    name: 'architecture and documentation',
    command: ['vitest', 'run', 'test/architecture.test.ts', 'test/docs-snippets.test.ts', 'scripts/docs.test.ts'],
  },
];

const failed: string[] = [];
for (const { name, command } of CHECKS) {
  const started = performance.now();
  const [program = '', ...args] = command;
  const run = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`check: ${name} ${run.status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (run.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`check: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
