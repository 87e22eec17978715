import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CATALOGUE } from '../src/core/errors/catalogue/catalogue.ts';
import { tellStall } from '../src/runtime/serve/stall-report.ts';
import { openLog } from '../src/telemetry/log.ts';
import type { LogLine } from '../src/telemetry/log-line.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Stands in for the command line: the launcher is tested with every way in which a command can end. */
const SERVE = join(ROOT, 'src', 'runtime', 'serve');
const MAIN = `
import { writeSync } from 'node:fs';
const [command, argument] = process.argv.slice(2);
if (command === 'exit') process.exitCode = Number(argument);
else if (command === 'node') console.log(process.version, process.env['UV_THREADPOOL_SIZE'], process.execArgv.length);
else {
  process.on('SIGTERM', () => process.exit(7));
  if (command !== 'replay') process.send({ footfall: 'serving' });
  if (command === 'fail') process.on('SIGUSR1', () => process.exit(Number(argument)));
  if (command !== 'replay' && command !== 'early') process.send({ footfall: 'ready', port: 7 });
  if (command === 'beats') process.send({ footfall: 'beat' });
  if (command === 'loops') {
    const { tellReady } = await import(${JSON.stringify(join(SERVE, 'launcher-link.ts'))});
    const { watchMainThread } = await import(${JSON.stringify(join(SERVE, 'watch-main-thread.ts'))});
    tellReady(7);
    watchMainThread(argument, 500);
    if (process.env['FOOTFALL_STARTED_AGAIN'] === undefined) setTimeout(function loopForEver() { writeSync(1, 'looping\\n'); for (;;); }, 300);
  }
  console.log(process.pid, process.env['FOOTFALL_STARTED_AGAIN']);
  setInterval(() => undefined, 1000);
}
`;

let root: string;
let launcher: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'footfall-launcher-'));
  for (const name of ['bin', 'scripts', 'package.json', 'package-lock.json']) {
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'src', 'cli'), { recursive: true });
  writeFileSync(join(root, 'src', 'cli', 'main.ts'), MAIN);
  launcher = join(root, 'bin', 'footfall');
});
afterAll(() => rmSync(root, { recursive: true }));

/** Starts a command that runs until it is stopped; `pid` answers the process of the command, anew after each start. */
const begin = (...command: string[]) => {
  const launched = spawn(process.execPath, [launcher, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FOOTFALL_STALL_SECONDS: '2' },
  });
  let errors = '';
  launched.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const lines = createInterface({ input: launched.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  return {
    launched,
    line,
    pid: async () => Number.parseInt(await line(), 10),
    errors: () => errors,
    ended: once(launched, 'exit'),
  };
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const gone = async (pid: number): Promise<void> => {
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
};

test('a command runs under Node 24 with a wide thread pool and without warnings', () => {
  const run = spawnSync(process.execPath, [launcher, 'node'], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  expect([run.stdout, run.stderr]).toEqual([expect.stringMatching(/^v24\.\d+\.\d+ 16 3\n$/), '']);
});

test.each([0, 1, 2, 3, 70])('the exit code %i is passed on', (code) => {
  expect(spawnSync(process.execPath, [launcher, 'exit', String(code)]).status).toBe(code);
});

test('a request to stop reaches the command, and its answer comes back', async () => {
  const { launched, pid, ended } = begin('replay');
  await pid();
  launched.kill('SIGTERM');
  expect(await ended).toEqual([7, null]);
});

test('a command that is killed is not started again and answers 128 plus the signal', async () => {
  const { pid, ended } = begin('replay');
  process.kill(await pid(), 'SIGKILL');
  expect(await ended).toEqual([137, null]);
});

test('killing the launcher leaves nothing running', async () => {
  const { launched, pid, ended } = begin('start');
  const command = await pid();
  launched.kill('SIGKILL');
  await ended;
  await gone(command);
});

test('a server is started again within a second of a crash, where it was, and given up when that goes on', async () => {
  const { line, pid, errors, ended } = begin('start');
  process.kill(await pid(), 'SIGSEGV');
  for (let crash = 1; crash < 5; crash += 1) {
    const [again, port] = (await line()).split(' ');
    expect(port).toBe('7');
    process.kill(Number(again), 'SIGKILL');
  }
  process.kill(await pid(), 'SIGABRT');
  expect(await ended).toEqual([134, null]);
  expect(errors()).toMatch(/starting again in 100 ms[\s\S]*starting again in 1600 ms/);
  const { message, hint } = CATALOGUE['server.crash_loop'];
  expect(errors()).toContain(`error server.crash_loop: ${message.replace('{times}', '6')}\n  next: ${hint}\n`);
});

test('a server that failed is started again, one that was asked wrongly is not', async () => {
  const failing = begin('fail', '4');
  process.kill(await failing.pid(), 'SIGUSR1');
  const again = await failing.pid();
  failing.launched.kill('SIGTERM');
  expect(await failing.ended).toEqual([7, null]);
  await gone(again);
  const wrong = begin('fail', '2');
  process.kill(await wrong.pid(), 'SIGUSR1');
  expect(await wrong.ended).toEqual([2, null]);
});

test('a server that is not heard of any more is ended and started again', async () => {
  const { launched, pid, errors, ended } = begin('beats');
  const first = await pid();
  process.kill(first, 'SIGSTOP');
  const second = await pid();
  expect(second).not.toBe(first);
  expect(errors()).toContain(`process ${first}) has not answered for 2 s`);
  launched.kill('SIGTERM');
  expect(await ended).toEqual([7, null]);
});

test('a main thread that loops for ever leaves behind what it did, and is started again', async () => {
  const { launched, line, pid, ended } = begin('loops', root);
  const first = await pid();
  expect(await line()).toBe('looping');
  expect(await pid()).not.toBe(first);
  launched.kill('SIGTERM');
  expect(await ended).toEqual([7, null]);
  const lines: LogLine[] = [];
  const { log } = openLog({
    level: 'debug',
    to: 'stderr',
    folder: root,
    people: false,
    write: (line) => lines.push(JSON.parse(line) as LogLine),
  });
  tellStall(root, log);
  tellStall(root, log);
  expect(lines).toMatchObject([{ level: 'error', pid: first, stack: expect.any(Array) }]);
  expect(JSON.stringify(lines)).toContain('loopForEver');
});

test('killing the launcher ends a main thread that loops for ever, too', async () => {
  const { launched, line, pid, ended } = begin('loops', root);
  const command = await pid();
  expect(await line()).toBe('looping');
  launched.kill('SIGKILL');
  await ended;
  await gone(command);
});

test('a server that was asked to stop is not started again', async () => {
  const { launched, pid, ended } = begin('start');
  const first = await pid();
  process.kill(first, 'SIGKILL');
  const second = await pid();
  expect(second).not.toBe(first);
  launched.kill('SIGTERM');
  expect(await ended).toEqual([7, null]);
});
