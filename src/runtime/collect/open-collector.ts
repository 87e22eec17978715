import type { EpochMicros } from '../../core/time.ts';
import { Reader } from '../../engine/read.ts';
import { EventJournal, type JournalNotice } from '../../journal/event-journal.ts';
import type { OpenShop } from '../open-shop.ts';
import { replay } from '../replay.ts';
import { Collector, forgetTaken } from './collector.ts';
import { JOURNAL, JournalSource } from './journal-source.ts';
import { KnownIds } from './known-ids.ts';

/** Intake over HTTP, from requests to the engine. */
export interface OpenCollector {
  readonly collector: Collector;
  /** What was not whole in the journal when it was opened. */
  readonly notices: readonly JournalNotice[];
  /** Resolves when what was accepted before is taken in: until then requests wait, though not for long. */
  readonly caughtUp: Promise<void>;
  /** Settles when taking in has ended: after `close`, or with what it failed with. */
  readonly working: Promise<unknown>;
  /** Takes in what is on disk, then ends. */
  close(): Promise<void>;
}

/** Opens the journal beside a shop, and has the engine take in what it has not seen of it, then what comes. */
export async function openCollector(open: OpenShop, now: EpochMicros): Promise<OpenCollector> {
  const { shop } = open;
  const seen = shop.ingest.progress.get(JOURNAL) ?? { position: 0, clock: null };
  const journal = EventJournal.open(open.folder.path, seen.position);
  const known = new KnownIds(shop, new Reader(shop, await shop.database.connect()));
  const source = new JournalSource(journal, seen, forgetTaken(known));
  const held = open.lettingGo.add(() => journal.rotate());
  const working = replay(open, source, { close: false, signal: new AbortController().signal });
  return {
    collector: new Collector(shop, journal, source, known, now),
    notices: journal.notices,
    caughtUp: source.caughtUp,
    working,
    close: async () => {
      held();
      await journal.close();
      await source.close();
      await working.catch(() => undefined);
    },
  };
}
