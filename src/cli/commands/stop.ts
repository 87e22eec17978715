import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { findServedFolder } from '../../runtime/serve/find-server.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { seconds } from '../parse-option.ts';

interface Options {
  readonly timeout: number;
  readonly force?: true;
}

export const stopCommand = (): Command =>
  withSettings(
    examples(
      new Command('stop')
        .description('ask the server of a data folder to end, and wait until it has')
        .option('--timeout <time>', 'how long to wait', seconds, 30)
        .option('--force', 'end it at once if it has not ended by then: nothing that was acknowledged is lost')
        .action(action<Options>(run)),
      'stop',
      'stop --data ./shop --timeout 10s --force',
    ),
  );

const LOOK_EVERY = 50;

async function run(
  { config, json, terminal }: Invocation,
  _: readonly string[],
  { timeout, force }: Options,
): Promise<number> {
  const { folder, found } = await findServedFolder(config);
  const pid = found.state === 'running' ? found.status.pid : found.state === 'silent' ? found.pid : null;
  const answer = (words: string, how: 'none' | 'ended' | 'forced'): Promise<void> =>
    terminal.out(json ? `${JSON.stringify({ stopped: how !== 'none', pid, how })}\n` : `${words}\n`);
  if (pid === null) {
    await answer(`nothing runs on ${folder.path}`, 'none');
    return EXIT.ok.code;
  }
  send(pid, 'SIGTERM');
  if (await hasEnded(pid, timeout)) {
    await answer(`process ${pid} has ended`, 'ended');
    return EXIT.ok.code;
  }
  if (force !== true) throw new FootfallError('server.still_running', { pid, seconds: timeout });
  // The launcher takes a second request for what it is, and does not start it again.
  send(pid, 'SIGTERM');
  if (!(await hasEnded(pid, 1))) send(pid, 'SIGKILL');
  await hasEnded(pid, timeout);
  await answer(`process ${pid} was ended`, 'forced');
  return EXIT.ok.code;
}

async function hasEnded(pid: number, within: number): Promise<boolean> {
  const deadline = performance.now() + within * 1000;
  while (send(pid, 0)) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_EVERY);
  }
  return true;
}

/** @returns whether there is such a process */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
