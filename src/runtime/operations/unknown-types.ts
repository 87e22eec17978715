import { z } from 'zod';
import { isKnownType, WORDS } from '../../../shop/vocabularies/words.ts';
import type { Json } from '../../store/value.ts';
import { operation } from '../operation.ts';
import { suggestType } from '../suggest-type.ts';

/** An event type that no view gives a meaning to, and that stands for none that has one. */
export interface UnknownType {
  readonly event_type: string;
  readonly events: number;
  readonly first_time: Json;
  readonly last_time: Json;
  /** The type that was most likely meant; null when none is near. */
  readonly suggestion: string | null;
}

/** Event types that have no meaning of their own, most frequent first: their events are kept and counted as they are. */
export const unknownTypes = operation<Record<string, never>, never, readonly UnknownType[]>({
  input: z.object({}),
  run: ({ reader, shop: { symbols, types } }) =>
    reader.ask([], async ({ database }) => {
      const rows = await database.jsonRows(
        'SELECT given_type AS event_type, count(*) AS events, min(event_time) AS first_time, max(event_time) AS last_time FROM raw GROUP BY given_type',
      );
      return rows
        .map((row) => ({
          ...row,
          event_type: symbols.textOf(Number(row['event_type'])),
          events: Number(row['events']),
        }))
        .filter(({ event_type: type }) => !isKnownType(type) && !types.has(type))
        .sort((a, b) => b.events - a.events || (a.event_type < b.event_type ? -1 : 1))
        .map(({ event_type, events, ...row }) => ({
          event_type,
          events,
          first_time: (row as Readonly<Record<string, Json>>)['first_time'] ?? null,
          last_time: (row as Readonly<Record<string, Json>>)['last_time'] ?? null,
          suggestion: suggestType(event_type, WORDS),
        }));
    }),
});
