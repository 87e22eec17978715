import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const BIN = new URL('../../bin/footfall', import.meta.url).pathname;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in a process of its own, as a user would run it. */
export interface Running {
  readonly process: ChildProcess;
  /** Standard output so far. */
  readonly output: () => string;
  /** Standard error so far. */
  readonly errors: () => string;
  readonly ended: Promise<Ended>;
}

/** A folder that is removed after the tests of the file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function begin(
  args: readonly string[],
  options: {
    readonly input?: Uint8Array /** Standard input stays open after the input. */;
    readonly more?: true;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  if (options.more === true) child.stdin.write(options.input ?? '');
  else child.stdin.end(options.input);
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return { process: child, output: () => stdout, errors: () => stderr, ended };
}

export const footfall = (args: readonly string[], options?: Parameters<typeof begin>[1]): Promise<Ended> =>
  begin(args, options).ended;

/** Rows that a query prints as JSON. @throws when it fails */
export async function rowsOf(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await footfall([...args, '--json']);
  if (code !== 0) throw new Error(`footfall ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>[];
}

/** Waits until a condition holds. @throws after `seconds` */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
