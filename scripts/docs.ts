/** `npm run docs` writes the pages under docs/ that are made from code; docs.test.ts fails while one is out of date. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATED_PAGES } from './docs/pages.ts';

for (const { path, render } of GENERATED_PAGES) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, render());
  console.log(path);
}
