import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { declaredAt } from './declared-at.ts';
import { allViews } from './own-views.ts';
import { isPlan } from './view.ts';

const WHERE = 'footfall.config.ts (views)';
const all = (...own: unknown[]) => allViews(catalog, own, WHERE);

const declaration = {
  name: 'own_view',
  kit: 'shop',
  label: 'Own',
  description: 'Events an hour.',
  kind: { kind: 'window', windowing: { shape: 'tumbling', size: 3_600_000_000 } },
  columns: {
    window_start: { label: 'From', description: 'Start', value: { role: 'window', edge: 'start' } },
    window_end: { label: 'To', description: 'End', value: { role: 'window', edge: 'end' } },
    events: { label: 'Events', description: 'All', value: { role: 'measure', measure: { kind: 'count' } } },
  },
};

test('own views follow the catalog, made by view() or plain', () => {
  const [plain] = all(declaration).slice(-1);
  expect(plain).toMatchObject({ name: 'own_view', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect([isPlan(plain), isPlan(declaration), isPlan(null)]).toEqual([true, false, false]);
  expect(all()).toEqual(catalog);
  expect(allViews([], [plain], WHERE)[0]).toBe(plain);
});

test('a plain declaration is told by its place in the list', () => {
  const events = {
    ...declaration.columns.events,
    value: { role: 'measure', measure: { kind: 'sum', of: { kind: 'column', name: 'prise' } } },
  };
  expect(() => all({ ...declaration, columns: { ...declaration.columns, events } })).toThrow(
    'footfall.config.ts (views)[0]: view own_view: column events: there is no event column prise (did you mean "price"?)',
  );
});

test.each<[unknown, string]>([
  [{ ...declaration, kind: { kind: 'windows' } }, 'view own_view: kind.kind: '],
  [{ ...declaration, kit: 'mine' }, 'view own_view: kit: '],
  [{ name: 5 }, 'view without a name: name: '],
  ['brand_activity', 'view without a name: '],
  [
    {
      ...declaration,
      columns: { events: { label: 'x', description: 'x', value: { role: 'measure', measure: { kind: 'sum' } } } },
    },
    'view own_view: columns.events.value.measure.of: ',
  ],
])('%#: what is no declaration is told with the path of what is wrong', (own, reason) => {
  expect(() => all(own)).toThrow(FootfallError);
  expect(() => all(own)).toThrow(`${WHERE}[0]: ${reason}`);
  expect(() => all(own)).toThrow('; make it with view()');
});

test('a mistake in a configuration file is told by file and line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-own-views-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'footfall.config.ts');
  const source = (name: string) => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));
  writeFileSync(
    file,
    [
      `import { view } from ${source('./view.ts')};`,
      `import { field, project, words } from ${source('./columns.ts')};`,
      'export default {',
      '  views: [',
      "    view({ name: 'own', kit: 'shop', ...words('a', 'b'), kind: project(),",
      "      columns: { x: field({ kind: 'column', name: 'brnd' }, words('a', 'b')) } }),",
      '  ],',
      '};',
    ].join('\n'),
  );
  const error = await import(pathToFileURL(file).href).catch((thrown: unknown) => thrown);
  expect(String((error as Error).message)).toMatch(
    /footfall\.config\.ts:5: view own: column x: there is no event column brnd \(did you mean "brand"\?\)$/,
  );
});

test('the line of a declaration is the nearest frame outside the checks', () => {
  const stack = (...frames: string[]) => ['Error', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  const own = 'view (file:///pkg/src/view/view.ts:60:3)';
  expect(declaredAt(stack(own, 'file:///my%20shop/footfall.config.ts?t=1:12:3'))).toBe(
    '/my shop/footfall.config.ts:12',
  );
  expect(declaredAt(stack(own, 'Object.<anonymous> (/shop/views/a.ts:7:1)', 'x (/b.ts:1:1)'))).toBe(
    '/shop/views/a.ts:7',
  );
  expect(declaredAt(stack(own, 'run (node:internal/modules/esm:1:2)'))).toBeUndefined();
  expect(declaredAt(undefined)).toBeUndefined();
});
