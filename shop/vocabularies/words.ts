import { EVENT_TYPES } from '../../src/core/event.ts';
import { vocabularies } from './vocabularies.ts';
import { ga4 } from './wire/ga4.ts';
import { segment } from './wire/segment.ts';
import { shopify } from './wire/shopify.ts';
import { snowplow } from './wire/snowplow.ts';

/** Every word for an event type that some vocabulary has, and the type that it stands for. */
export const WORDS: ReadonlyMap<string, string> = new Map([
  ...[...vocabularies, segment, ga4, shopify, snowplow].flatMap(({ types }) => Object.entries(types ?? {})),
  ...EVENT_TYPES.map((type) => [type, type] as const),
]);

/** Types that the vocabularies make and that have no meaning of their own: what is said about people. */
const OF_PEOPLE = ['identify', 'alias', 'group'];

/** @example isKnownType('cart_add') // true */
export const isKnownType = (type: string): boolean =>
  (EVENT_TYPES as readonly string[]).includes(type) || OF_PEOPLE.includes(type);
