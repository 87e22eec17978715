import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdFilter } from './id-filter.ts';
import { hashId, idHashes } from './id-hash.ts';

const hashOf = (id: string): readonly [number, number] => {
  const halves = new Int32Array(4);
  hashId(id, halves, 2);
  expect([halves[0], halves[1]]).toEqual([0, 0]);
  return [halves[2] as number, halves[3] as number];
};

test('an id that was added is always seen', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 50 }), (ids) => {
      const filter = new IdFilter();
      for (const id of ids) filter.add(...hashOf(id), 0);
      expect(ids.every((id) => filter.seen(...hashOf(id)))).toBe(true);
    }),
  );
});

test('of a full generation, one unknown id in about 15,000 looks known', () => {
  const filter = new IdFilter();
  for (let i = 0; i < 1 << 20; i++) filter.add(...fast(`event-${i}`), 5);
  const wrong = Array.from({ length: 500_000 }, (_, i) => filter.seen(...fast(`other-${i}`))).filter(Boolean).length;
  expect(wrong / 500_000).toBeLessThan(1 / 5_000);
  expect(wrong).toBeGreaterThan(0);
  // The next id opens a generation; the full one is let go once all of it arrived before the horizon.
  filter.add(...fast('one more'), 9);
  filter.forget(5);
  expect(filter.seen(...fast('event-0'))).toBe(true);
  filter.forget(6);
  expect([filter.seen(...fast('event-0')), filter.seen(...fast('one more'))]).toEqual([false, true]);
  filter.forget(100);
  expect(filter.seen(...fast('one more'))).toBe(true);
});

const halves = new Int32Array(2);
function fast(id: string): readonly [number, number] {
  hashId(id, halves, 0);
  return [halves[0] as number, halves[1] as number];
}

test('nothing is seen before anything was added', () => {
  expect(new IdFilter().seen(1, 2)).toBe(false);
  new IdFilter().forget(1);
});

test('hashes of ids are the same in every version, for they are stored', () => {
  expect([hashOf(''), hashOf('e1'), hashOf('e1#2')]).toMatchInlineSnapshot(`
    [
      [
        -1421968373,
        -1585187909,
      ],
      [
        170295538,
        -1370574785,
      ],
      [
        1678079748,
        -869755603,
      ],
    ]
  `);
});

test('ids that are alike have hashes that are not', () => {
  const ids = Array.from({ length: 200_000 }, (_, i) => `session-${i >> 3}:${i}`);
  const hashes = ids.map((id) => fast(id).join('/'));
  expect(new Set(hashes).size).toBe(ids.length);
});

test('a column of ids is hashed row by row, null where there is none', () => {
  const column = idHashes({ kind: 'text', values: ['e1', null] });
  if (column.kind !== 'int64') throw new Error('no hashes');
  expect([...new Int32Array(column.data.buffer)]).toEqual([...hashOf('e1'), 0, 0]);
  expect([...(column.valid ?? [])]).toEqual([1, 0]);
  expect(idHashes({ kind: 'absent' })).toEqual({ kind: 'absent' });
});
