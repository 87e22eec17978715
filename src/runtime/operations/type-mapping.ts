import { z } from 'zod';
import { mapTypes } from '../../engine/vocabulary/map-types.ts';
import type { VocabularyChange } from '../../engine/vocabulary/vocabulary-facts.ts';
import { operation } from '../operation.ts';

/** A word for an event type that stands for another one. */
export interface MappedType {
  readonly word: string;
  readonly event_type: string;
  readonly events: number;
}

/** Words that are mapped, with the events that have them. */
export const mappedTypes = operation<Record<string, never>, never, readonly MappedType[]>({
  input: z.object({}),
  run: ({ reader, shop }) =>
    reader.ask([], async ({ database }) => {
      const rows = await database.rows('SELECT given_type AS word, count(*) AS n FROM raw GROUP BY given_type');
      const events = new Map(rows.map(({ word, n }) => [shop.symbols.textOf(Number(word)), Number(n)]));
      return [...shop.types]
        .map(([word, type]) => ({ word, event_type: type, events: events.get(word) ?? 0 }))
        .sort((one, other) => other.events - one.events || (one.word < other.word ? -1 : 1));
    }),
});

/** Word → type; null: it stands for itself again. */
export const typesInput = z.object({
  types: z
    .record(z.string().min(1).max(1_000), z.string().nullable())
    .refine(
      (types) => Object.keys(types).length > 0 && Object.keys(types).length <= 1_000,
      'names no word, or too many',
    ),
});

/** Has words stand for event types, or for themselves again; history follows. */
export const changeTypes = operation<z.infer<typeof typesInput>, never, VocabularyChange>({
  audit: () => 'map-types',
  input: typesInput,
  creates: true,
  run: ({ shop, engine }, { types }) => engine.change(() => mapTypes(shop, { types, recorded: Date.now() * 1000 })),
});
