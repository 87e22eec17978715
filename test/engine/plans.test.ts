import { test } from 'vitest';
import { planScripts } from './plan-scripts.ts';
import { performAll } from './soak.ts';

test('definitions that change in mid-stream, again and again: the rows of those in force, and no others', {
  timeout: 12 * 3_600_000,
}, async () => {
  await performAll(planScripts(), 3);
});
