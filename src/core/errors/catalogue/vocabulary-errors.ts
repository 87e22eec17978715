import { area } from '../error-entry.ts';

const usage = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });

/** Why a word for an event type cannot stand for another one. */
export const VOCABULARY_ERRORS = {
  'vocabulary.type': usage('no event type', '"{type}" is no event type{suggestion?}', 'the event types are {known}'),
  'vocabulary.word': usage(
    'word has a meaning',
    '"{word}" is an event type itself, and cannot stand for another one',
    'footfall vocabulary unknown lists the words without a meaning',
  ),
  'vocabulary.none': unknown(
    'word is not mapped',
    '"{word}" stands for nothing but itself',
    'footfall vocabulary list shows the words that are mapped',
  ),
};
