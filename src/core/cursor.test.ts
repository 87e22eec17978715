import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCursor, parseCursor } from './cursor.ts';

test('a cursor reads back as it was written', () => {
  const cursors = fc.record({ generation: fc.integer({ min: 1, max: 1e9 }), epoch: fc.nat(1e9) });
  fc.assert(
    fc.property(cursors, (cursor) => {
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
    }),
  );
});

test.each(['', '1', ':', '1:', ':1', '0:1', '-1:1', '1:-1', '1:1:1', '1.5:1', ' 1:1', '1:1\n', '1:1e3', '01:1'])(
  '%j is no cursor',
  (text) => {
    expect(parseCursor(text)).toBeNull();
  },
);
