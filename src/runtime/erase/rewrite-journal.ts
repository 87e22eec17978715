import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { EventBatch } from '../../core/batch.ts';
import { SYMBOL_FIELDS } from '../../core/event.ts';
import { eraseBatch } from '../../engine/erase/erase-batch.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import type { JournalEntry } from '../../journal/event-journal.ts';
import { encodeRecord } from '../../journal/record.ts';
import { readSegment, segmentsOf, type WholeRecord } from '../../journal/segment.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import type { ViewPlan } from '../../view/view.ts';

export const journalFolder = (folder: string): string => join(folder, 'journal');

type Payload = Pick<JournalEntry, 'batch' | 'answer'>;

/** What a record holds. Columns lie wherever they do in its bytes, and are read as numbers: they are put in order. */
export function payloadOf({ payload }: WholeRecord): Payload {
  const { batch, ...rest } = deserialize(payload) as Payload;
  const columns = Object.entries(batch.columns).map(([name, column]) => [
    name,
    column.kind === 'absent' || column.kind === 'text' ? column : { ...column, data: column.data.slice() },
  ]);
  return { ...rest, batch: { ...batch, columns: Object.fromEntries(columns) as EventBatch['columns'] } };
}

/**
 * Writes the segments of the event journal anew without erased people; records keep their numbers. Damaged bytes, and
 * what was put aside, go: nobody can tell whose they are. Nobody else may have the folder open.
 */
export function rewriteJournal(data: string, tombstones: Tombstones, views: readonly ViewPlan[]): void {
  const folder = journalFolder(data);
  if (!existsSync(folder)) return;
  for (const segment of segmentsOf(folder)) {
    const { records, damage } = readSegment(segment);
    let changed = damage.length > 0;
    const parts = records.map((record) => {
      const erased = withoutPeople(payloadOf(record), tombstones, views);
      if (erased === null) return encodeRecord(record.header, record.payload);
      changed = true;
      const { rows, first, arrival } = record.header;
      return encodeRecord({ rows, first, arrival, answer: erased.answer !== undefined }, serialize(erased));
    });
    if (changed) writeDurably(segment.path, Buffer.concat(parts));
  }
  for (const name of readdirSync(folder)) if (name.includes('.torn-')) rmSync(join(folder, name));
}

/** Null when nothing in it is of anybody erased. */
function withoutPeople({ batch, answer }: Payload, tombstones: Tombstones, views: readonly ViewPlan[]): Payload | null {
  const erased = eraseBatch(batch, tombstones, views);
  const told = answer !== undefined && tombstones.within(answer.text);
  if (erased === batch && !told) return null;
  const kept = erased === batch ? batch : forgetUnused(erased);
  if (answer === undefined) return { batch: kept };
  return { batch: kept, answer: told ? { ...answer, text: withoutMessages(answer.text) } : answer };
}

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
