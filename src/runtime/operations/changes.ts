import { z } from 'zod';
import { type Cursor, formatCursor, parseCursor } from '../../core/cursor.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { changesSince } from '../../engine/changes.ts';
import { withReader } from '../../engine/read.ts';
import type { Change } from '../../store/change.ts';
import { findView } from '../find-view.ts';
import { operation } from '../operation.ts';

const input = z.object({
  view: z.string(),
  /** Cursor from an earlier answer, as text; without it a snapshot is given. */
  since: z.string().optional(),
});

/** What closes an answer: all changes before it belong together. */
export interface ChangesReport {
  /** To be given the next time. */
  readonly cursor: string;
  /** The rows were all there are: what the reader held before, it has to forget. */
  readonly snapshot: boolean;
  readonly upserts: number;
  readonly deletes: number;
}

/** What changed in a view's final rows since a cursor, streamed in blocks (semantics, "Changes"). */
export const changes = operation<z.infer<typeof input>, readonly Change[], ChangesReport>({
  input,
  streams: true,
  run: ({ shop }, { view, since }, emit) => {
    const plan = findView(shop, view);
    const cursor = since === undefined ? null : cursorOf(since);
    return withReader(shop, (reader) =>
      reader.ask([], async (reading) => {
        const found = changesSince(reading, plan, cursor);
        const counts = { upsert: 0, delete: 0 };
        for await (const block of found.blocks) {
          for (const { op } of block) counts[op] += 1;
          await emit(block);
        }
        return {
          cursor: formatCursor(found.cursor),
          snapshot: found.kind === 'snapshot',
          upserts: counts.upsert,
          deletes: counts.delete,
        };
      }),
    );
  },
});

function cursorOf(text: string): Cursor {
  const cursor = parseCursor(text);
  if (cursor === null) throw new FootfallError('query.cursor', { cursor: text });
  return cursor;
}
