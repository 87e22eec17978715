import { expect, test } from 'vitest';
import { Tombstones } from './tombstones.ts';
import { withinJson, withinText } from './within-json.ts';

const key = Buffer.alloc(32, 7);
const none = new Tombstones(key, []);
/** Everybody with these ids is erased. */
const erased = (...ids: string[]): Tombstones =>
  new Tombstones(key, [{ mode: 'anonymise', salt: '', ids: ids.map((id) => none.digest(id)), recorded: 0 }]);

test('a person with the id null is named by texts alone', () => {
  const stones = erased('null');
  expect(withinText('{"user_id":"null"}', stones)).toBe(true);
  expect(withinText('{"user_id":null,"tier":["gold",null]}', stones)).toBe(false);
  expect(withinText('null', stones)).toBe(true);
});

test('names, numbers and words within texts are looked at, wherever they are', () => {
  const stones = erased('person-7', '990017');
  for (const value of [{ 'person-7': 1 }, { a: [{ b: 'by person-7, then' }] }, { a: 990017 }])
    expect(withinJson(value, stones)).toBe(true);
  expect(withinJson({ a: 'person-70', b: [1, true, null] }, stones)).toBe(false);
  expect(withinText('{not json: person-7', stones)).toBe(true);
});
