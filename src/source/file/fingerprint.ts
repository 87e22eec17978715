import { createHash } from 'node:crypto';
import type { PartitionState } from './partition-state.ts';

/** Bytes of the content that identify a file. */
export const FINGERPRINT_BYTES = 64 * 1024;
/** Bytes before a position that must still be the same when reading goes on there. */
export const TAIL_BYTES = 4 * 1024;

const short = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** Identity of content by its first bytes: 16 hex digits. */
export const fingerprint = (head: Uint8Array): string => short(head.subarray(0, FINGERPRINT_BYTES));

/** Hash of the bytes just before a position. */
export const tailHash = (before: Uint8Array): string => short(before.subarray(Math.max(0, before.length - TAIL_BYTES)));

/** What is known of a file from earlier readings. */
export type Familiarity =
  | { readonly outcome: 'new' }
  | { readonly outcome: 'known'; readonly state: PartitionState }
  | { readonly outcome: 'changed'; readonly state: PartitionState };

/**
 * Whether content was read before: by its first bytes (a file may have grown since), whatever it is called now. A path
 * that was read before and begins otherwise now is a changed file.
 */
export const familiarity = (head: Uint8Array, path: string, known: readonly PartitionState[]): Familiarity => {
  for (const state of known) {
    const { fingerprintBytes } = state;
    if (fingerprintBytes > head.length || fingerprintBytes === 0) continue;
    if (fingerprint(head.subarray(0, fingerprintBytes)) === state.partition) return { outcome: 'known', state };
  }
  const changed = known.find((state) => state.path === path && path !== '-');
  return changed === undefined ? { outcome: 'new' } : { outcome: 'changed', state: changed };
};
