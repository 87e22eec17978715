import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../../journal/event-journal.ts';
import type { OpenShop } from '../open-shop.ts';
import { replay } from '../replay.ts';
import { JOURNAL, JournalSource } from './journal-source.ts';

/**
 * Has a shop take in what a server that died had accepted and not taken in yet, so that whoever asks sees all that anybody
 * was told. To be called by short commands; a server follows its journal.
 *
 * @returns how many events
 */
export async function takeInJournal(open: OpenShop): Promise<number> {
  const folder = join(open.folder.path, 'journal');
  if (!existsSync(folder)) return 0;
  const seen = open.shop.ingest.progress.get(JOURNAL) ?? { position: 0, clock: null };
  if (readJournal(folder, seen.position).next().done === true) return 0;
  const source = new JournalSource({ read: (from) => readJournal(folder, from) }, seen, () => undefined);
  const working = replay(open, source, { close: false, signal: new AbortController().signal });
  await Promise.race([source.caughtUp, working]);
  await source.close();
  return (await working).events;
}
