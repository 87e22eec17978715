import { expect, test } from 'vitest';
import { mayAct, ROLES } from './role.ts';

test('who may do what', () => {
  const matrix = Object.fromEntries(ROLES.map((has) => [has, ROLES.filter((needs) => mayAct(has, needs))]));
  expect(matrix).toEqual({
    ingest: ['ingest'],
    read: ['read'],
    analyst: ['read', 'analyst'],
    admin: ['ingest', 'read', 'analyst', 'admin'],
  });
});
