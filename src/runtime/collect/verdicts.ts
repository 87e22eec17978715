import { idConflict } from '../../engine/id-conflict.ts';
import type { MessageRows, ParsedRequest } from '../../source/json-request.ts';
import type { Judged } from './known-ids.ts';

const NOTHING = new Uint8Array();

/** What became of one event of a request, or of one message that may hold several. */
export type Verdict =
  | { readonly status: 'accepted' | 'duplicate' }
  | {
      readonly status: 'rejected';
      readonly code: string;
      /** Where in the event; of a message, where in the request. */
      readonly pointer: string;
      readonly message: string;
      /** Of a message with several products: the first that was refused, counted from 0. The others were taken. */
      readonly item?: number;
    };

/** Answer to a request with events: nothing is sampled, every event has its verdict, in the order of the request. */
export interface CollectAnswer {
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly events: readonly Verdict[];
}

/** What a request is told. @param judged by default, as if none of its events had come before */
export function answerOf(
  { batch, rows, messages }: Pick<ParsedRequest, 'batch' | 'rows' | 'messages'>,
  { duplicates, conflicts }: Pick<Judged, 'duplicates' | 'conflicts'> = { duplicates: [], conflicts: [] },
): CollectAnswer {
  const byRow = Array.from({ length: rows }, (): Verdict => ({ status: 'accepted' }));
  for (const place of duplicates) byRow[place] = { status: 'duplicate' };
  const refused = [
    ...batch.rejected,
    ...conflicts.map(({ place, id }) => idConflict(id, { partition: 0, position: place, bytes: NOTHING })),
  ];
  for (const { position, code, pointer, message } of refused)
    byRow[position] = { status: 'rejected', code, pointer, message };
  const events = messages === undefined ? byRow : messages.map((message) => ofMessage(message, byRow));
  const duplicate = events.filter(({ status }) => status === 'duplicate').length;
  const rejected = events.filter(({ status }) => status === 'rejected').length;
  return { accepted: events.length - duplicate - rejected, duplicate, rejected, events };
}

/** A message is rejected where any of its events is, and a duplicate where all of them are. */
function ofMessage({ from, rows, pointer }: MessageRows, byRow: readonly Verdict[]): Verdict {
  const verdicts = byRow.slice(from, from + rows);
  const item = verdicts.findIndex(({ status }) => status === 'rejected');
  const refused = verdicts[item];
  if (refused?.status === 'rejected')
    return { ...refused, pointer: pointer(item, refused.pointer.slice(1)), ...(rows > 1 ? { item } : {}) };
  return rows > 0 && verdicts.every(({ status }) => status === 'duplicate')
    ? { status: 'duplicate' }
    : { status: 'accepted' };
}
