import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'shop/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', 'test/mutation/sandbox/**'],
    // DuckDB's native library keeps state for the whole process: a file of tests has a process of its own.
    pool: 'forks',
    // By default one core is left alone, which on two cores is half of them; the tests mostly wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
    reporters: ['default', './test/count-reporter.ts'],
    passWithNoTests: false,
  },
});
