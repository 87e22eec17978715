import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitJson } from './split-json.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The lines of a body, without their line breaks. */
const linesOf = (body: string): string[] | null => {
  const split = splitJson(encoder.encode(body));
  if (split === null) return null;
  return split.starts.map((start, i) =>
    decoder.decode(split.bytes.slice(start, (split.starts[i + 1] ?? split.bytes.length) - 1)),
  );
};

test('arrays, lines and values on several lines are the same values', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 }), fc.nat(3), (values, indent) => {
      const parsed = (body: string) => linesOf(body)?.map((line) => JSON.parse(line) as unknown);
      const plain = values.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
      expect(parsed(JSON.stringify(values, null, indent))).toEqual(plain);
      expect(parsed(values.map((value) => JSON.stringify(value)).join('\n'))).toEqual(plain);
      expect(parsed(values.map((value) => JSON.stringify(value, null, indent)).join(' \r\n'))).toEqual(plain);
    }),
  );
});

test('numbers keep every digit', () => {
  expect(linesOf('[{"id": 2053013555631882655}]')).toEqual(['{"id": 2053013555631882655}']);
});

test('broken lines stay lines', () => {
  expect(linesOf('{"a":1}\nrubbish\n{"b":2}')).toEqual(['{"a":1}', 'rubbish', '{"b":2}']);
  expect(linesOf('[1, "a", null]')).toEqual(['1', '"a"', 'null']);
});

test('where a list has nothing between its commas, nobody can say what its events are', () => {
  for (const body of ['[,1]', '[1,,2]', '[,]', '[1,]', '[ , {}]']) expect(linesOf(body)).toBeNull();
});

test('a line break inside quotes is not made valid', () => {
  const [line = ''] = linesOf('{"a":"x\ny"}') ?? [];
  expect(() => JSON.parse(line)).toThrow();
});

test.each(['[{"a":1}', '{"a":1', '[{"a":1}] 2', '{"a":"x}', '[1,]', '}', '{"a":[1}'])('%s has no end', (body) => {
  const lines = linesOf(body);
  expect(lines === null || lines.every((line) => line === '' || !isJson(line))).toBe(true);
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('an empty body has no values', () => {
  expect([linesOf(''), linesOf(' \n'), linesOf('[]')]).toEqual([[], [], []]);
});
