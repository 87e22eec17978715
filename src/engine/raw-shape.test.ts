import { expect, test } from 'vitest';
import type { BatchColumn } from '../core/batch.ts';
import { FIRST_SHAPE, neededShape, sameShape } from './raw-shape.ts';

const column = (kind: 'int8' | 'int32' | 'int64' | 'uuid'): BatchColumn => ({ kind, data: new Uint8Array(16) });
const text: BatchColumn = { kind: 'text', values: ['a'] };
const after = (...columns: BatchColumn[]) =>
  columns.reduce((shape, session_id) => neededShape(shape, { session_id }), FIRST_SHAPE).widths.session_id;

test('the first ids choose the width, the first misfit makes it text for good', () => {
  expect(after()).toBe('UUID');
  expect(after({ kind: 'absent' })).toBe('UUID');
  expect(after(column('int64'))).toBe('BIGINT');
  expect(after(column('uuid'), column('uuid'))).toBe('UUID');
  expect(after(column('uuid'), { kind: 'absent' })).toBe('UUID');
  expect(after(column('uuid'), column('int64'))).toBe('VARCHAR');
  expect(after(column('int64'), text, column('int64'))).toBe('VARCHAR');
  expect([after(column('int32')), after(column('int8'))]).toEqual(['VARCHAR', 'VARCHAR']);
});

test('columns are added when a batch is the first to have them, in that order', () => {
  const first = neededShape(FIRST_SHAPE, { brand: column('int32'), price: { kind: 'absent' } });
  expect(first.present).toEqual(['brand']);
  const second = neededShape(first, { brand: column('int32'), price: column('int64'), event_id: text });
  expect(second.present).toEqual(['brand', 'event_id', 'price', 'id_hash']);
  expect(neededShape(second, {}).present).toEqual(second.present);
  expect(neededShape(second, { properties: text, event_time: column('int64') }).present).toEqual(second.present);
  expect([sameShape(first, second), sameShape(second, neededShape(second, {}))]).toEqual([false, true]);
});

test('the half of the visitor without ids is as wide as the other', () => {
  const anonymous = neededShape(FIRST_SHAPE, { anonymous_id: column('uuid') });
  expect(anonymous.widths).toMatchObject({ user_id: 'UUID', anonymous_id: 'UUID' });
  const user = neededShape(FIRST_SHAPE, { user_id: text });
  expect(user.widths).toMatchObject({ user_id: 'VARCHAR', anonymous_id: 'VARCHAR' });
  const both = neededShape(anonymous, { user_id: column('int64') });
  expect(both.widths).toMatchObject({ user_id: 'BIGINT', anonymous_id: 'UUID' });
  expect(sameShape({ ...both, widths: { ...both.widths, user_id: 'UUID' } }, both)).toBe(false);
});
