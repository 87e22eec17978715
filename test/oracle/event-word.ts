const WORDS: ReadonlyMap<string, string> = new Map([
  ['cart_add', 'cart'],
  ['cart_remove', 'remove_from_cart'],
]);
const TYPES: ReadonlyMap<string, string> = new Map([...WORDS].map(([type, word]) => [word, type]));

/** The word that REES46 uses for an event type; types that it does not know keep their name. */
export const rees46Word = (type: string): string => WORDS.get(type) ?? type;

/** The event type that a REES46 word means. */
export const rees46Type = (word: string): string => TYPES.get(word) ?? word;
