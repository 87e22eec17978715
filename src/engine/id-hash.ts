import type { BatchColumn } from '../core/batch.ts';
import { ABSENT } from './columns.ts';

/** Two 32-bit halves of a hash of an event id (FNV-1a with two offsets, finished as in MurmurHash3). */
export function hashId(id: string, into: Int32Array, at: number): void {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) + i;
  }
  into[at] = finish(low ^ id.length);
  into[at + 1] = finish(high);
}

function finish(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The hashes of a column of ids as 64-bit numbers, null where there is no id; they are looked up in place of texts. */
export function idHashes(ids: BatchColumn): BatchColumn {
  if (ids.kind !== 'text') return ABSENT;
  const halves = new Int32Array(ids.values.length * 2);
  const valid = new Uint8Array(ids.values.length);
  ids.values.forEach((id, row) => {
    if (id === null) return;
    hashId(id, halves, 2 * row);
    valid[row] = 1;
  });
  return { kind: 'int64', data: new Uint8Array(halves.buffer), valid };
}
