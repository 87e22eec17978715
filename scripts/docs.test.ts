import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../src/core/errors/catalogue/catalogue.ts';
import { GENERATED_PAGES } from './docs/pages.ts';

const read = (path: string): string => {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test.each(GENERATED_PAGES)('$path is what `npm run docs` writes', ({ path, render }) => {
  expect(read(path)).toBe(render());
});

test('the page of errors and the catalogue have the same codes', () => {
  const headings = [...read('docs/errors.md').matchAll(/^### (.+)$/gm)].map(([, code]) => code);
  expect(headings).toEqual([...Map.groupBy(Object.keys(CATALOGUE), (code) => code.split('.')[0]).values()].flat());
});
