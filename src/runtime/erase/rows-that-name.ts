import type { EventBatch } from '../../core/batch.ts';
import { EVENT_COLUMNS } from '../../core/event.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import { batchRow } from '../../source/columns/batch-rows.ts';

const TEXTS = EVENT_COLUMNS.map(({ name }) => name);

/**
 * Events and refused rows of a batch that name erased people.
 * @param known texts of its symbols that came with batches before it
 */
export function rowsThatName(batch: EventBatch, tombstones: Tombstones, known: readonly string[] = []): number {
  const words = [...known];
  batch.symbols.forEach((text, i) => {
    words[batch.firstSymbol + i] = text;
  });
  let rows = 0;
  for (let row = 0; row < batch.count; row += 1) {
    const values = batchRow(batch, row, words);
    if (TEXTS.some((name) => values[name] !== undefined && tombstones.within(values[name]))) rows += 1;
  }
  const refused = batch.rejected.filter(
    ({ bytes, message }) => tombstones.within(Buffer.from(bytes).toString('utf8')) || tombstones.within(message),
  );
  return rows + refused.length;
}
