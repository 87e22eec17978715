/**
 * Appends to a journal while the system lets files grow to so many bytes, then without a limit. Arguments: folder, bytes.
 * Prints which entries were acknowledged, and with what others were refused.
 */
import { execFileSync } from 'node:child_process';
import { FootfallError } from '../../src/core/errors/footfall-error.ts';
import { EventJournal } from '../../src/journal/event-journal.ts';
import { SymbolTable } from '../../src/source/columns/symbol-table.ts';
import { eventBatch } from '../engine/event-batch.ts';

const [folder = '', bytes = ''] = process.argv.slice(2);
const limit = (most: string): void => void execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${most}:`]);

const journal = EventJournal.open(folder, 0);
const acknowledged: string[] = [];
const refused: Record<string, string> = {};

async function append(id: string): Promise<void> {
  const event = { event_id: id, event_time: '2020-01-01T00:00:00.000000Z', event_type: 'view' };
  const progress = { partition: 'journal', position: 1, clock: null, ended: false };
  const batch = eventBatch([{ event, partition: 0, position: 0 }], [progress], new SymbolTable([]));
  try {
    await journal.append({ batch, rows: 1, arrival: 1 });
    acknowledged.push(id);
  } catch (error) {
    refused[id] = FootfallError.from(error).code;
  }
}

limit(bytes);
for (let i = 0; i < 40; i += 1) await append(`one by one ${i}`);
await Promise.all(Array.from({ length: 8 }, (_, i) => append(`together ${i}`)));
limit('unlimited');
await append('healed');
await journal.close();
process.stdout.write(JSON.stringify({ acknowledged, refused }));
