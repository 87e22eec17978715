import { visitorSql } from '../../compile/context.ts';
import { rawView } from '../../compile/raw.ts';
import type { VocabularyFact } from '../../journal/fact-log.ts';
import type { FactEngine } from '../fact-engine.ts';
import { markChanged } from '../mark-changed.ts';
import { noteWithdrawn } from '../restate-all.ts';
import type { Shop } from '../shop.ts';
import { insertRows } from '../write-rows.ts';
import { saveTypes, type TypeMapping } from './type-mapping.ts';

/** What a fact about words came to. */
export interface VocabularyChange {
  /** Words that stand for something else now. */
  readonly changed: number;
  /** Events that have them. */
  readonly events: number;
}

const CHANGED = 'vocabulary_changed';
const CAUSE = 'vocabulary';

/**
 * Words for event types that stand for other types: raw keeps what came, and the view of it that everything reads says what
 * it stands for. Events that are of another type may be gone from where they were: closed rows are compared with raw.
 */
export const vocabularyFacts: FactEngine<VocabularyFact, VocabularyChange> = {
  read: async (shop, fact) => async () => {
    const { database, shape } = shop;
    const types = mapped(shop.types, fact);
    const words = [...new Set([...shop.types.keys(), ...types.keys()])].filter(
      (word) => shop.types.get(word) !== types.get(word),
    );
    await saveTypes(database, types);
    await database.run(rawView(shape.present, shape.widths, shop.typeSymbols(types)));
    const events = words.length === 0 ? 0 : await markEvents(shop, words);
    return {
      outcome: { changed: words.length, events },
      remember: () => {
        shop.types = types;
        if (events > 0) shop.withdrawn = CAUSE;
      },
    };
  },
  settle: async () => undefined,
};

function mapped(before: TypeMapping, { types }: VocabularyFact): TypeMapping {
  const after = new Map(before);
  for (const [word, type] of Object.entries(types)) {
    if (type === null) after.delete(word);
    else after.set(word, type);
  }
  return after;
}

/** Marks what was closed over the events that have these words. @returns how many those are */
async function markEvents(shop: Shop, words: readonly string[]): Promise<number> {
  const { database, context, ingest, symbols } = shop;
  const visitor = visitorSql(context.widths);
  const theirs = `given_type IN (${words.map((word) => symbols.idOf(word)).join(', ')})`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${CHANGED} AS SELECT seq, event_time, session_id, ${visitor} AS visitor FROM raw WHERE ${theirs}`,
  );
  const events = Number((await database.one(`SELECT count(*) AS n FROM ${CHANGED}`))?.['n']);
  if (events === 0) return 0;
  await markChanged(shop, CHANGED, CAUSE);
  // A session that is made of other events now may be one that was due long ago: it is looked at from its beginning.
  await insertRows(
    database,
    'dirty_session',
    `SELECT session_id, any_value(${visitor}) AS visitor, min(event_time) AS event_time, '${CAUSE}' AS cause, NULL::INTEGER AS load, ${ingest.batch} AS batch FROM raw WHERE session_id IN (SELECT session_id FROM ${CHANGED}) GROUP BY session_id`,
  );
  await noteWithdrawn(database, CAUSE);
  return events;
}
