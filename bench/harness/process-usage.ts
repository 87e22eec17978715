import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants have used. */
export interface ProcessUsage {
  /** Sum of each process's own peak of resident memory. */
  readonly peakRss: number;
  readonly cpuSeconds: number;
}

const TICKS_PER_SECOND = 100;

/** Reads /proc; null where there is none or the process has ended. */
export function usageOf(root: number): ProcessUsage | null {
  let peakRss = 0;
  let ticks = 0;
  let found = false;
  for (const pid of treeOf(root)) {
    const status = read(pid, 'status');
    const stat = read(pid, 'stat');
    if (status === null || stat === null) continue;
    found = true;
    peakRss += Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return found ? { peakRss, cpuSeconds: ticks / TICKS_PER_SECOND } : null;
}

/** A process and all that it started. */
export function treeOf(root: number): readonly number[] {
  const found = [root];
  for (let i = 0; i < found.length; i++) {
    const pid = found[i] as number;
    for (const task of tasksOf(pid)) {
      const children = read(pid, `task/${task}/children`);
      if (children !== null) found.push(...children.trim().split(' ').filter(Boolean).map(Number));
    }
  }
  return found;
}

function tasksOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
