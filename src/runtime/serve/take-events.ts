import type { JournalNotice } from '../../journal/event-journal.ts';
import type { Collector } from '../collect/collector.ts';
import { openCollector } from '../collect/open-collector.ts';
import type { Serving } from './serving.ts';

/** Why a server is not ready whose engine does not go on. */
export const NO_INTAKE = 'events are no longer taken in';

/** Intake over HTTP: the journal, and the engine that follows it. */
export async function takeEvents({ open, ending, readiness, now, say }: Serving): Promise<Collector> {
  const intake = await openCollector(open, now());
  ending.defer(() => intake.close());
  for (const notice of intake.notices) say(inWords(notice));
  void intake.caughtUp.then(readiness.lacks('events that were accepted before are still being taken in'));
  readiness.depend(intake.working, NO_INTAKE);
  return intake.collector;
}

function inWords(notice: JournalNotice): string {
  switch (notice.kind) {
    case 'torn':
      return `the last ${notice.bytes} bytes of ${notice.path} are no whole record, and were put aside: most likely they were cut off while they were written, and nobody was told that they were accepted`;
    case 'damaged':
      return `${notice.bytes} bytes of ${notice.path} are damaged: the events in them are lost unless they are in the database already`;
    case 'missing':
      return `rows ${notice.first} to ${notice.next - 1} of the journal are neither in it nor in the lake: unless they could not be written, and nobody was told, they are lost`;
  }
}
