import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { DataFolder } from '../runtime/data-folder.ts';
import type { ServerStatus } from '../runtime/operations/server-status.ts';
import { findServer } from '../runtime/serve/find-server.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/footfall', import.meta.url));
const LOOK_EVERY = 100;

/**
 * Starts the same command in the background, with a launcher of its own, and waits until it listens. What it says goes to
 * `logs/up.log` of the data folder.
 * @param args of the command line, without what brought us here
 * @returns what it said, and how it is; or, where it ended instead, its exit code
 * @throws FootfallError `server.running`
 */
export async function detach(
  folder: DataFolder,
  args: readonly string[],
): Promise<{ readonly said: string } & ({ readonly status: ServerStatus } | { readonly code: number })> {
  const before = await findServer(folder);
  if (before.state !== 'none') {
    const pid = before.state === 'running' ? before.status.pid : before.pid;
    throw new FootfallError('server.running', { pid, data: folder.path });
  }
  const path = join(folder.path, 'logs', 'up.log');
  mkdirSync(join(folder.path, 'logs'), { recursive: true });
  const file = openSync(path, 'w', 0o600);
  const child = spawn(process.execPath, [LAUNCHER, ...args], { detached: true, stdio: ['ignore', file, file] });
  closeSync(file);
  const ended = endOf(child);
  for (;;) {
    const code = await Promise.race([ended, sleep(LOOK_EVERY)]);
    if (typeof code === 'number') return { code, said: readFileSync(path, 'utf8') };
    const found = await findServer(folder);
    if (found.state !== 'running' || found.status.url === null) continue;
    child.unref();
    return { status: found.status, said: readFileSync(path, 'utf8') };
  }
}

const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
