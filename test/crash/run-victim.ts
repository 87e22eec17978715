import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrashPoint } from '../../src/engine/crash-point.ts';
import type { ScenarioName } from './scenarios.ts';

export interface Victim {
  readonly folder: string;
  readonly scenario: ScenarioName;
  readonly seed: number;
}

export interface Death {
  /** Where to die: at a point's nth pass, or after some time; absent = not at all. */
  readonly at?: { readonly point: CrashPoint; readonly pass: number } | { readonly millis: number };
  /** Steps after which it leaves by itself. */
  readonly steps?: number;
}

export interface Fate {
  readonly fate: 'killed' | 'done' | 'more' | 'failed';
  /** Batch, epoch, facts and definitions that it found when it began; empty when it died before. */
  readonly began: string;
  readonly errors: string;
}

const FILE = fileURLToPath(new URL('./victim.ts', import.meta.url));

/** Starts a victim and waits for its end. */
export async function runVictim({ folder, scenario, seed }: Victim, { at, steps }: Death): Promise<Fate> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16' };
  const child = spawn(process.execPath, [FILE, folder, scenario, String(seed), String(steps ?? 1_000_000)], {
    env: at !== undefined && 'point' in at ? { ...env, FOOTFALL_CRASH_AT: `${at.point}@${at.pass}` } : env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let began = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => {
    began += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const timer = at !== undefined && 'millis' in at ? setTimeout(() => child.kill('SIGKILL'), at.millis) : undefined;
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  const fate = signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : code === 3 ? 'more' : 'failed';
  return { fate, began: began.trim(), errors };
}
