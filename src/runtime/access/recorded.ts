import { existsSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Actor, AuditDetails } from '../../core/audit-entry.ts';
import type { AccessStore } from '../../store/access/access-store.ts';
import { ControlDatabase } from '../../store/control-database.ts';
import type { DataFolder } from '../data-folder.ts';

/** What is done at the command line. */
export interface Recorded {
  /** Such as `key.create`. */
  readonly action: string;
  readonly details?: AuditDetails;
}

/** Works on keys and people of a data folder, whether or not a server runs on it. */
export async function withAccess<T>(folder: DataFolder, work: (access: AccessStore) => T | Promise<T>): Promise<T> {
  mkdirSync(folder.path, { recursive: true });
  const control = ControlDatabase.open(folder.control);
  try {
    return await work(control.access);
  } finally {
    control.close();
  }
}

/**
 * Does something at the command line, and writes who did it to the audit log of the folder: also where it fails.
 * @throws FootfallError when the log cannot be opened, before anything is done
 */
export function recorded<T>(
  folder: DataFolder,
  { action, details = {} }: Recorded,
  work: (access: AccessStore) => T | Promise<T>,
): Promise<T> {
  return withAccess(folder, async (access) => {
    const tell = (outcome: 'done' | 'failed'): void =>
      access.audit.append({ at: Date.now() * 1000, who: actor(), action, outcome, from: 'this machine', details });
    let result: T;
    try {
      result = await work(access);
    } catch (error) {
      tell('failed');
      throw error;
    }
    tell('done');
    return result;
  });
}

/** The same around what may make the folder, and leaves none behind where it fails. */
export async function recordedAround<T>(folder: DataFolder, what: Recorded, work: () => Promise<T>): Promise<T> {
  if (existsSync(folder.path)) return recorded(folder, what, work);
  const result = await work();
  await recorded(folder, what, () => undefined);
  return result;
}

/** The user of the machine; a container may have no name for them. */
function actor(): Actor {
  const id = process.getuid?.();
  try {
    return { kind: 'shell', id: id === undefined ? null : String(id), name: userInfo().username, role: null };
  } catch {
    return { kind: 'shell', id: id === undefined ? null : String(id), name: '', role: null };
  }
}
