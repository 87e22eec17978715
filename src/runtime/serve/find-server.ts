import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedConfig } from '../../config/config.ts';
import type { Millis } from '../../core/time.ts';
import { askOwner } from '../control-client.ts';
import { type DataFolder, dataFolder } from '../data-folder.ts';
import type { ServerStatus } from '../operations/server-status.ts';

/** Whoever owns a shop. */
export type Found =
  | { readonly state: 'none' }
  /** It is there, and does not answer. */
  | { readonly state: 'silent'; readonly pid: number }
  | { readonly state: 'running'; readonly status: ServerStatus };

const PATIENCE: Millis = 5_000;

/** Where the process of a server is told while it runs. */
export const pidFile = ({ path }: DataFolder): string => join(path, 'footfall.pid');

/** The process that owns a shop. */
export async function findServer(folder: DataFolder): Promise<Found> {
  const patience = new AbortController();
  const asking = askOwner(folder, 'server-status', {}, () => undefined);
  const asked = await Promise.race([
    asking,
    sleep(PATIENCE, 'silent' as const, { signal: patience.signal, ref: false }),
  ]).finally(() => patience.abort());
  if (asked === 'silent') {
    asking.catch(() => undefined);
    return silent(folder);
  }
  return asked.answered ? { state: 'running', status: asked.output } : { state: 'none' };
}

/** Only a process that lives takes the connection, and only it has left its number. */
function silent(folder: DataFolder): Found {
  const path = pidFile(folder);
  const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : Number.NaN;
  return Number.isSafeInteger(pid) && pid > 1 ? { state: 'silent', pid } : { state: 'none' };
}

/** The folder that commands about a running server mean: where none is named, that of the made-up shop counts as well. */
export async function findServedFolder({ values, origins }: LoadedConfig): Promise<{
  readonly folder: DataFolder;
  readonly found: Found;
}> {
  const folder = dataFolder(values.data);
  const found = await findServer(folder);
  if (found.state !== 'none' || origins.data !== 'default') return { folder, found };
  const demo = dataFolder(join(values.data, 'demo'));
  const made = await findServer(demo);
  return made.state === 'none' ? { folder, found } : { folder: demo, found: made };
}
