import { spawn } from 'node:child_process';
import { treeOf, usageOf } from './process-usage.ts';

const POLL_MS = 50;

/** A process that was run to its end. */
export interface ProcessRun {
  /** Wall clock from spawn to exit. */
  readonly seconds: number;
  /** From spawn to the first piece of standard output; null without any. */
  readonly answeredSeconds: number | null;
  readonly cpuSeconds: number;
  readonly peakRss: number;
  readonly stdout: string;
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of standard output; returning true ends the process and all it started by SIGKILL. */
  readonly killWhen?: (elapsedSeconds: number) => boolean;
}

/**
 * Runs a command to its end and measures it.
 *
 * @throws Error with the end of its standard error unless it exits with 0 (or was killed on purpose)
 */
export function runProcess(
  command: string,
  args: readonly string[],
  { env = {}, killWhen }: ProcessOptions = {},
): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const { pid } = child;
    let stdout = '';
    let answeredSeconds: number | null = null;
    let stderr = '';
    let killed = false;
    let peakRss = 0;
    let cpuSeconds = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      answeredSeconds ??= (performance.now() - began) / 1000;
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-4000);
    });
    const poll = setInterval(() => {
      const usage = pid === undefined ? null : usageOf(pid);
      if (pid === undefined || usage === null) return;
      peakRss = Math.max(peakRss, usage.peakRss);
      cpuSeconds = Math.max(cpuSeconds, usage.cpuSeconds);
      if (killWhen?.((performance.now() - began) / 1000) !== true) return;
      killed = true;
      for (const each of [...treeOf(pid)].reverse()) process.kill(each, 'SIGKILL');
    }, POLL_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      const seconds = (performance.now() - began) / 1000;
      if (code === 0 || killed) resolve({ seconds, answeredSeconds, cpuSeconds, peakRss, stdout });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}`));
    });
  });
}
