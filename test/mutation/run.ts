/**
 * `npm run mutation`: changes views, compiler and engine decisions in small ways, one at a time, and lists in
 * REPORT.md which of these changes no test noticed. Stryker is installed into a sandbox of its own, not into the
 * package: nobody who runs Footfall needs its 175 packages.
 *
 * `npm run mutation -- src/view/check.ts` looks at some files only, and prints instead of writing the report.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MutationReport, mutationPage } from './mutation-page.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const SANDBOX = mkdtempSync(join(tmpdir(), 'footfall-mutation-'));
process.on('exit', () => rmSync(SANDBOX, { recursive: true, force: true }));
const VERSION = '10.1.1';

/** Pure code, and the tests that decide about it within a fraction of a second. */
const MUTATED = [
  'src/view/*.ts',
  'src/compile/**/*.ts',
  'src/engine/protocol/*.ts',
  'src/engine/{categories,columns,dirty,symbols}.ts',
  '!src/**/*.test.ts',
];
const TESTS = [
  'src/view/*.test.ts',
  'src/engine/protocol/*.test.ts',
  'src/engine/{categories,columns,dirty,symbols}.test.ts',
  'test/golden/*.test.ts',
];

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, {
    cwd: SANDBOX,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

for (const name of ['package.json', 'package-lock.json', 'src', 'shop', 'test/golden', 'test/oracle'])
  cpSync(join(ROOT, name), join(SANDBOX, name), { recursive: true });
const only = process.argv.slice(2);
writeFileSync(
  join(SANDBOX, 'vitest.config.ts'),
  `export default ${JSON.stringify({ test: { include: TESTS, testTimeout: 30_000, env: { TZ: 'UTC' } } })};\n`,
);
writeFileSync(
  join(SANDBOX, 'stryker.config.json'),
  JSON.stringify({
    plugins: ['@stryker-mutator/vitest-runner'],
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.config.ts', related: true },
    mutate: only.length > 0 ? [...only, '!src/**/*.test.ts'] : MUTATED,
    // TypeScript 7 has no interface for programs, by which Stryker would rewrite tsconfig.json: it gets none.
    tsconfigFile: 'none.json',
    reporters: ['json', 'progress-append-only'],
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    timeoutMS: 2_500,
    timeoutFactor: 1.2,
    concurrency: 2,
  }),
);
const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-dev', ...packages]);
run(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run']);
const report = JSON.parse(readFileSync(join(SANDBOX, 'reports/mutation/mutation.json'), 'utf8')) as MutationReport;
const { page, summary } = mutationPage(report);
if (only.length === 0) writeFileSync(join(HERE, 'REPORT.md'), page);
else console.log(page);
console.log(summary);
