import type { Rejected } from '../core/batch.ts';

/** How an event waits in quarantine whose id belongs to an event with other content. */
export const idConflict = (
  id: string,
  { partition, position, bytes }: Pick<Rejected, 'partition' | 'position' | 'bytes'>,
): Rejected => ({
  partition,
  position,
  code: 'event.id_conflict',
  pointer: '/event_id',
  message: `another event with the id ${id.slice(0, 200)} and other content came first`,
  bytes,
});
