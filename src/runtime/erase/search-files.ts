import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_COLUMNS } from '../../core/event.ts';
import type { Found } from '../../engine/erase/search-database.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import { withinJson } from '../../engine/erase/within-json.ts';
import { FactLog } from '../../journal/fact-log.ts';
import { readSegment, segmentsOf } from '../../journal/segment.ts';
import { batchRow } from '../../source/columns/batch-rows.ts';
import { readPacked } from './rewrite-facts.ts';
import { journalFolder, payloadOf } from './rewrite-journal.ts';

const TEXTS = EVENT_COLUMNS.map(({ name }) => name);

/** Looks for erased people in every file of a data folder besides its database: facts, kept files, journal. */
export function searchFiles(folder: string, tombstones: Tombstones): readonly Found[] {
  const log = FactLog.in(folder);
  // An erasure names nobody: its digests are no ids.
  const facts = log.read().filter(({ kind }) => kind !== 'erasure');
  const found: Found[] = [{ place: 'facts.ndjson', rows: facts.filter((fact) => withinJson(fact, tombstones)).length }];
  const kept = join(folder, 'facts');
  for (const name of existsSync(kept) ? readdirSync(kept) : []) {
    const lines = readPacked(join(kept, name)).toString('utf8').split('\n');
    found.push({ place: `facts/${name}`, rows: lines.filter((line) => tombstones.within(line)).length });
  }
  const journal = journalFolder(folder);
  for (const segment of existsSync(journal) ? segmentsOf(journal) : []) {
    let rows = 0;
    for (const record of readSegment(segment).records) {
      const { batch, answer } = payloadOf(record);
      const words: string[] = [];
      batch.symbols.forEach((text, i) => {
        words[batch.firstSymbol + i] = text;
      });
      for (let row = 0; row < batch.count; row += 1) {
        const values = batchRow(batch, row, words);
        if (TEXTS.some((name) => values[name] !== undefined && tombstones.within(values[name]))) rows += 1;
      }
      rows += batch.rejected.filter(
        ({ bytes, message }) => tombstones.within(Buffer.from(bytes).toString('utf8')) || tombstones.within(message),
      ).length;
      if (answer !== undefined && tombstones.within(answer.text)) rows += 1;
    }
    found.push({ place: `journal/${segment.path.slice(journal.length + 1)}`, rows });
  }
  return found;
}
