import { expect, test } from 'vitest';
import { withSection } from './report.ts';

const document = '# Results\n\nWhat it is.\n\n## one\n\na\n\n## two\n\nb\n';

test('a section is added at the end', () => {
  expect(withSection(document, 'three', '## three\n\nc')).toBe(`${document}\n## three\n\nc\n`);
});

test('a second run replaces its section and leaves the others', () => {
  expect(withSection(document, 'one', '## one\n\nnew')).toBe(document.replace('\na\n', '\nnew\n'));
});
