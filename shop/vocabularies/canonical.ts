import { EVENT_COLUMNS, type EventField } from '../../src/core/event.ts';
import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';

/** Events that use the canonical names already; any of the fields may be missing but time and type. */
export const canonical: Vocabulary = {
  name: 'canonical',
  label: 'canonical events',
  requires: ['event_time', 'event_type'],
  fields: Object.fromEntries(EVENT_COLUMNS.map(({ name }): [string, EventField] => [name, name])),
};
