import { closest } from '../core/did-you-mean.ts';

const plain = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');

/**
 * The event type that somebody most likely meant: by the nearest word of any vocabulary, however its parts are joined.
 * Null when none is near.
 * @param words word → event type
 * @example suggestType('product-viewd', new Map([['Product Viewed', 'view']])) // 'view'
 */
export function suggestType(name: string, words: ReadonlyMap<string, string>): string | null {
  const types = new Map([...words].map(([word, type]) => [plain(word), type]));
  const word = closest(plain(name), types.keys());
  return word === null ? null : (types.get(word) ?? null);
}
