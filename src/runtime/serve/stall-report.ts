import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../telemetry/log.ts';

/** What the main thread was doing when it did not go on. */
interface StallReport {
  readonly pid: number;
  readonly at: string;
  readonly stack: readonly string[];
}

export const STALL_REPORT = 'stalled.json';

/** Tells once what a main thread was doing that did not go on: this one, or that of the process before. */
export function tellStall(folder: string, log: Log): void {
  const path = join(folder, STALL_REPORT);
  if (!existsSync(path)) return;
  try {
    const { pid, at, stack } = JSON.parse(readFileSync(path, 'utf8')) as StallReport;
    log.error({ pid, at, stack }, 'the main thread did not go on');
  } catch (error) {
    log.error({ error }, 'the main thread did not go on, and what it was doing cannot be read');
  }
  rmSync(path, { force: true });
}
