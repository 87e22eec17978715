import type { EventBatch } from '../../core/batch.ts';

/** The buffers of a batch, to be moved (not copied) to another thread with it. */
export const transferList = (batch: EventBatch): ArrayBuffer[] => {
  const buffers = new Set<ArrayBuffer>([batch.time.buffer, batch.partition.buffer, batch.position.buffer]);
  if (batch.extra !== undefined) buffers.add(batch.extra.buffer);
  for (const column of Object.values(batch.columns)) {
    if (column.kind === 'absent' || column.kind === 'text') continue;
    buffers.add(column.data.buffer);
    if (column.valid !== undefined) buffers.add(column.valid.buffer);
  }
  for (const rejected of batch.rejected) buffers.add(rejected.bytes.buffer);
  return [...buffers];
};
