/** `npm run bench -- NAME [options]` runs bench/NAME.ts in a process of its own; without a name it lists them. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [name, ...options] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
  .sort();

if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- NAME [options]\nbenchmarks: ${names.join(', ') || 'none'}`);
  process.exitCode = 2;
} else {
  const run = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--expose-gc', `${folder}${name}.ts`, ...options],
    { stdio: 'inherit', env: { ...process.env, UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '16' } },
  );
  process.exitCode = run.status ?? 70;
}
