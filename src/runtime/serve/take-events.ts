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

const inWords = ({ path, bytes, kind }: JournalNotice): string =>
  kind === 'torn'
    ? `the last ${bytes} bytes of ${path} were cut off while they were written; nobody was told that they were accepted`
    : `${bytes} bytes of ${path} are damaged: the events in them are lost unless they are in the database already`;
