import { closest } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { EVENT_TYPES } from '../../core/event.ts';
import type { VocabularyFact } from '../../journal/fact-log.ts';
import { giveFact } from '../apply-fact.ts';
import type { Shop } from '../shop.ts';
import { type VocabularyChange, vocabularyFacts } from './vocabulary-facts.ts';

const KNOWN: readonly string[] = EVENT_TYPES;

/**
 * Has words stand for event types, in history as in what comes, or for themselves again.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @throws FootfallError `vocabulary.type` for a type that is none, `vocabulary.word` for a word that is a type itself,
 *   `vocabulary.none` for one that is not mapped
 * @example await engine.change(() => mapTypes(shop, { types: { 'Product Viewd': 'view' }, recorded }))
 */
export const mapTypes = (shop: Shop, saying: Omit<VocabularyFact, 'kind'>): Promise<VocabularyChange> =>
  giveFact(shop, async () => {
    for (const [word, type] of Object.entries(saying.types)) check(shop, word, type);
    const fact: VocabularyFact = { kind: 'vocabulary', ...saying };
    return { fact, apply: await vocabularyFacts.read(shop, fact, shop.factsApplied + 1) };
  }) as Promise<VocabularyChange>;

function check({ types }: Shop, word: string, type: string | null): void {
  if (KNOWN.includes(word)) throw new FootfallError('vocabulary.word', { word });
  if (type === null && !types.has(word)) throw new FootfallError('vocabulary.none', { word });
  if (type === null || KNOWN.includes(type)) return;
  const near = closest(type, KNOWN);
  throw new FootfallError('vocabulary.type', {
    type,
    ...(near === null ? {} : { suggestion: `; did you mean ${near}?` }),
    known: KNOWN.join(', '),
  });
}
