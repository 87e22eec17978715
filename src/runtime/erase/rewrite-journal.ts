import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { EventBatch } from '../../core/batch.ts';
import { SYMBOL_FIELDS } from '../../core/event.ts';
import { eraseBatch } from '../../engine/erase/erase-batch.ts';
import type { Found } from '../../engine/erase/search-database.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import type { JournalEntry } from '../../journal/event-journal.ts';
import { encodeRecord } from '../../journal/record.ts';
import { readSegment, type Segment, segmentsOf, type WholeRecord } from '../../journal/segment.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import type { ViewPlan } from '../../view/view.ts';
import { breathe, type ErasedStore } from './erased-store.ts';
import { rowsThatName } from './rows-that-name.ts';

const journalFolder = (folder: string): string => join(folder, 'journal');

type Payload = Pick<JournalEntry, 'batch' | 'answer'>;

/** What a record holds. Columns lie wherever they do in its bytes, and are read as numbers: they are put in order. */
function payloadOf({ payload }: WholeRecord): Payload {
  const { batch, ...rest } = deserialize(payload) as Payload;
  const columns = Object.entries(batch.columns).map(([name, column]) => [
    name,
    column.kind === 'absent' || column.kind === 'text' ? column : { ...column, data: column.data.slice() },
  ]);
  return { ...rest, batch: { ...batch, columns: Object.fromEntries(columns) as EventBatch['columns'] } };
}

/** The event journal. What is appended meanwhile goes to a segment of its own, and names nobody who was erased. */
export const erasedJournal: ErasedStore = {
  files: (data) => {
    const folder = journalFolder(data);
    return existsSync(folder) ? readdirSync(folder).map((name) => `journal/${name}`) : [];
  },
  search: async ({ folder: data, tombstones }) => {
    const found: Found[] = [];
    for (const segment of segmentsIn(data)) {
      let rows = 0;
      for (const record of readSegment(segment).records) {
        rows += rowsOf(payloadOf(record), tombstones);
        await breathe();
      }
      found.push({ place: `journal/${basename(segment.path)}`, rows });
    }
    return found;
  },
  rewrite: async ({ tombstones, views }, data) => {
    for (const segment of segmentsIn(data)) await rewriteSegment(segment, tombstones, views);
    const folder = journalFolder(data);
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) if (name.includes('.torn-')) rmSync(join(folder, name));
  },
};

const segmentsIn = (data: string): readonly Segment[] =>
  existsSync(journalFolder(data)) ? segmentsOf(journalFolder(data)) : [];

/** Records keep their numbers. Damaged bytes go, as what was put aside does: nobody can tell whose they are. */
async function rewriteSegment(segment: Segment, tombstones: Tombstones, views: readonly ViewPlan[]): Promise<void> {
  const { records, damage } = readSegment(segment);
  let changed = damage.length > 0;
  const parts: Buffer[] = [];
  for (const record of records) {
    const erased = withoutPeople(payloadOf(record), tombstones, views);
    const { rows, first, arrival } = record.header;
    const encoded =
      erased === null
        ? encodeRecord(record.header, record.payload)
        : encodeRecord({ rows, first, arrival, answer: erased.answer !== undefined }, serialize(erased));
    parts.push(Buffer.from(encoded));
    changed ||= erased !== null;
    await breathe();
  }
  if (changed) writeDurably(segment.path, Buffer.concat(parts));
}

const rowsOf = ({ batch, answer }: Payload, tombstones: Tombstones): number =>
  rowsThatName(batch, tombstones) + (answer !== undefined && isTold(answer, tombstones) ? 1 : 0);

/** Null when nothing in it is of anybody erased. */
function withoutPeople({ batch, answer }: Payload, tombstones: Tombstones, views: readonly ViewPlan[]): Payload | null {
  const erased = eraseBatch(batch, tombstones, views);
  const told = answer !== undefined && isTold(answer, tombstones);
  if (erased === batch && !told) return null;
  const kept = erased === batch ? batch : forgetUnused(erased);
  // A key that names the person goes with its answer: the same request again is told by its events alone.
  if (answer === undefined || tombstones.within(answer.key)) return { batch: kept };
  return { batch: kept, answer: told ? { ...answer, text: withoutMessages(answer.text) } : answer };
}

const isTold = ({ key, text }: NonNullable<Payload['answer']>, tombstones: Tombstones): boolean =>
  tombstones.within(key) || tombstones.within(text);

/** Words that no event of the batch says any more. */
function forgetUnused(batch: EventBatch): EventBatch {
  const used = new Set<number>();
  for (const name of SYMBOL_FIELDS) {
    const column = batch.columns[name];
    if (column?.kind !== 'int32') continue;
    const view = new DataView(column.data.buffer, column.data.byteOffset, column.data.byteLength);
    for (let row = 0; row < batch.count; row += 1)
      if (column.valid?.[row] !== 0) used.add(view.getInt32(row * 4, true));
  }
  return {
    ...batch,
    symbols: batch.symbols.map((text, i) => (used.has(batch.firstSymbol + i) ? text : `~erased~${i}`)),
  };
}

/** What a refused event was told says what was wrong with it. */
function withoutMessages(text: string): string {
  const answer = JSON.parse(text) as { events?: { message?: string }[] };
  return JSON.stringify({
    ...answer,
    events: answer.events?.map((event) => (event.message === undefined ? event : { ...event, message: 'erased' })),
  });
}
