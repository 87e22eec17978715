import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run bench -- NAME [options]`: runs `bench/NAME.ts` with the settings that the product itself starts with.
 * `npm run bench -- list` names the benchmarks.
 */
const NOT_BENCHMARKS = ['run', 'oneshot'];
const [name = 'list', ...options] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((each) => !NOT_BENCHMARKS.includes(each));

const file = join(import.meta.dirname, `${name}.ts`);
if (name === 'list') {
  console.log(names.join('\n'));
} else if (!names.includes(name) || !existsSync(file)) {
  console.error(`there is no benchmark "${name}"; there are: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  // DuckDB answers through libuv's pool, whose size is read when Node starts.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16' };
  const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, file, ...options], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
