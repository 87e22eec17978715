import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What every folder may import besides itself: `core`, `config` and `telemetry` are open to all but each other. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core'],
  telemetry: ['core', 'config'],
  journal: [],
  view: [],
  source: ['journal'],
  compile: ['view'],
  store: ['view'],
  fast: ['view', 'compile'],
  engine: ['journal', 'source', 'view', 'compile', 'store', 'fast'],
  journey: ['view', 'compile', 'store'],
  sink: ['view', 'store'],
  asset: ['view', 'compile', 'store'],
  spark: ['view', 'compile', 'store'],
  ml: ['store'],
  alert: ['view', 'compile', 'store'],
  backup: ['store'],
  explorer: ['store'],
  // Puts what `runtime` can do behind HTTP; events that come over it are parsed in the words of the shop.
  api: ['shop', 'runtime', 'explorer', 'source', 'view', 'compile', 'store', 'journey', 'engine'],
  // Opens a shop's data folder and carries out what is asked of it, in this process or in the one that runs.
  runtime: ['shop', 'sink', 'explorer', 'journal', 'source', 'view', 'compile', 'store', 'journey', 'engine'],
  cli: ['shop', 'runtime', 'journal', 'source', 'view', 'compile', 'store', 'journey', 'engine', 'explorer', 'api'],
  shop: ['view', 'source'],
};
const OPEN_TO_ALL = ['core', 'config', 'telemetry'];
const ISOLATED = ['core', 'config', 'telemetry'];

/** Places that may reach outside the process or know DuckDB; all else decides on what it is given. */
const PURE = ['src/core/', 'src/view/', 'src/compile/', 'src/engine/protocol/', 'shop/'];
const DUCKDB = ['src/store/', 'src/engine/', 'src/source/file/parquet-child.ts', 'src/explorer/explorer-child.ts'];
/** `runtime` asks published views as anybody may, and counts rows for its diagnosis. */
const SQL = [
  'src/compile/',
  'src/store/',
  'src/engine/',
  'src/journey/',
  'src/runtime/',
  // In the words of the store that is written to.
  'src/sink/postgres/',
  'src/source/file/parquet-child.ts',
  'src/explorer/explorer-child.ts',
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Paths from the root for our own files, names for packages. */
  readonly imports: readonly string[];
}

const IMPORT = /^(?:import|export)\s(?:[\w\s{},*$]+\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

const importsOf = (path: string, text: string): string[] =>
  [...text.matchAll(IMPORT)].map(([, fixed, dynamic]) => {
    const specifier = fixed ?? dynamic ?? '';
    return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
  });

const FILES: readonly SourceFile[] = globSync('{src,shop,test,bench,scripts}/**/*.{ts,mjs}', { cwd: ROOT })
  .map((path) => path.replaceAll('\\', '/'))
  .sort()
  .map((path) => {
    const text = readFileSync(`${ROOT}/${path}`, 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });
const isTest = ({ path }: SourceFile): boolean => path.endsWith('.test.ts');
const PRODUCT = FILES.filter((file) => /^(src|shop)\//.test(file.path) && !isTest(file));

/** `src/engine/x.ts` → engine, `shop/views/x.ts` → shop, `src/main.ts` → main.ts; null for packages and the rest. */
const folderOf = (path: string): string | null => {
  const [top, second] = path.split('/');
  if (top === 'src') return second ?? null;
  return top === 'shop' || top === 'test' || top === 'bench' || top === 'scripts' ? top : null;
};

/** Edges between folders, as they are. */
const edges = PRODUCT.flatMap((file) =>
  file.imports.map((imported) => ({ file: file.path, from: folderOf(file.path) ?? '', to: folderOf(imported) })),
).filter(({ from, to }) => to !== null && from !== to);

const within = (places: readonly string[], path: string): boolean => places.some((place) => path.startsWith(place));
/** The code without comments: a word in a comment is no use of it. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
/** `path:line` of every match in the files. */
const matches = (files: readonly SourceFile[], pattern: RegExp, read = code): string[] =>
  files.flatMap(({ path, text }) =>
    read(text)
      .split('\n')
      .flatMap((line) => (pattern.test(line) ? [`${path}: ${line.trim()}`] : [])),
  );

test('imports are found in all their forms', () => {
  const text = [
    `import a from 'a';`,
    `import type { B } from '../b.ts';`,
    `import {\n  c,\n  type D,\n} from './c.ts';`,
    `import 'e';`,
    `export { f } from './f.ts';`,
    `const g = await import('./g.ts');`,
    `export const h = 'no import';`,
  ].join('\n');
  expect(importsOf('src/x/y.ts', text)).toEqual(['a', 'src/b.ts', 'src/x/c.ts', 'e', 'src/x/f.ts', 'src/x/g.ts']);
});

test('every import names a file that exists', () => {
  const missing = FILES.flatMap(({ path, imports }) =>
    imports
      .filter((each) => /^(src|shop|test|bench|scripts)\//.test(each) && !existsSync(`${ROOT}/${each}`))
      .map((each) => `${path} imports ${each}`),
  );
  // The self-check above holds imports of files that do not exist.
  expect(missing.filter((each) => !each.startsWith('test/architecture.test.ts'))).toEqual([]);
});

test('every folder has its place in the table', () => {
  const folders = new Set(PRODUCT.map(({ path }) => folderOf(path) ?? path));
  expect([...folders].filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
});

test('folders import only what the table allows', () => {
  const wrong = edges.filter(({ from, to }) => {
    const allowed = MAY_IMPORT[from] ?? [];
    return !allowed.includes(to ?? '') && (ISOLATED.includes(from) || !OPEN_TO_ALL.includes(to ?? ''));
  });
  expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
});

test('no two folders import each other, directly or around', () => {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of edges) graph.set(from, (graph.get(from) ?? new Set()).add(to ?? ''));
  expect(findCycle(graph)).toBeNull();
  expect(findCycle(new Map(Object.entries(MAY_IMPORT).map(([from, to]) => [from, new Set(to)])))).toBeNull();
});

test('a cycle around three folders is found', () => {
  const around = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['a'])],
  ]);
  expect(findCycle(around)).toEqual(['a', 'b', 'c', 'a']);
});

test('nothing imports the command line', () => {
  expect(edges.filter(({ to }) => to === 'cli').map(({ file }) => file)).toEqual([]);
});

test('a shop declares with builders only', () => {
  const used = PRODUCT.filter(({ path }) => path.startsWith('shop/')).flatMap(({ path, imports }) =>
    imports
      .filter(
        (each) =>
          !/^(shop|src\/view|src\/core|src\/source\/wire)\//.test(each) && each !== 'src/source/shape/vocabulary.ts',
      )
      .map((each) => `${path} imports ${each}`),
  );
  expect(used).toEqual([]);
});

test('what decides is pure: no files, processes, network, database, clock or chance', () => {
  const pure = PRODUCT.filter(({ path }) => within(PURE, path));
  const impure = pure.flatMap(({ path, imports }) =>
    imports
      .filter(
        (each) =>
          (each.startsWith('node:') && !['node:crypto', 'node:url'].includes(each)) || each.startsWith('@duckdb/'),
      )
      .map((each) => `${path} imports ${each}`),
  );
  expect(impure).toEqual([]);
  expect(matches(pure, /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bprocess\./)).toEqual([]);
});

test('only the owners of the database know DuckDB', () => {
  const knowing = PRODUCT.filter(
    ({ path, imports }) => !within(DUCKDB, path) && imports.some((each) => each.startsWith('@duckdb/')),
  );
  expect(knowing.map(({ path }) => path)).toEqual([]);
});

test('SQL is written only where it is compiled, stored and run', () => {
  const elsewhere = PRODUCT.filter(({ path }) => !within(SQL, path));
  // At the start of a text or of a line of one: help and messages may name SELECT in passing.
  const sql =
    /(['`]|^)\s*(select\s|insert into\s|delete from\s|create (or replace )?(table|view|macro)\s|update \w+ set\s)/i;
  expect(matches(elsewhere, sql)).toEqual([]);
});

test('the product does not import its tests and benchmarks', () => {
  expect(edges.filter(({ to }) => ['test', 'bench', 'scripts'].includes(to ?? '')).map(({ file }) => file)).toEqual([]);
});

test('no file of the product is longer than 400 lines', () => {
  const long = PRODUCT.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 })).filter(
    ({ lines }) => lines > 400,
  );
  expect(long).toEqual([]);
});

test('files are named for what they hold, and none only passes on others', () => {
  const vague = /(^|[/.-])(utils?|helpers?|managers?|services?|misc|common)([/.-]|$)|(^|\/)index\./;
  expect(FILES.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
  expect(matches(PRODUCT, /^export \* from /)).toEqual([]);
});

test('nothing is left for later, unchecked or switched off', () => {
  // Written in pieces, so that this file does not find itself.
  const later = new RegExp(
    ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].map((word) => `\\b${word}\\b`).join('|'),
  );
  const silenced = new RegExp(['@ts-' + '(ignore|expect-error|nocheck)', 'biome-' + 'ignore'].join('|'));
  const whole = (text: string) => text;
  expect(matches(FILES, later, whole)).toEqual([]);
  expect(matches(FILES, silenced, whole)).toEqual([]);
  expect(matches(FILES, /[:<|,]\s*any\b(?!\s*[:(])|\bas any\b/, withoutText)).toEqual([]);
  expect(matches(FILES.filter(isTest), /\b(test|it|describe)\.(only|skip|todo|fails)\b/, withoutText)).toEqual([]);
});

/** Code without comments and without what stands in quotes or in patterns. */
function withoutText(text: string): string {
  return code(text).replace(
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/(?![/*])(?:[^/\\\n]|\\.)+\/[gimsuy]*/g,
    "''",
  );
}

/** Folders along one cycle, its first again at the end; null when there is none. */
function findCycle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const done = new Set<string>();
  const visit = (folder: string, path: readonly string[]): string[] | null => {
    const start = path.indexOf(folder);
    if (start >= 0) return [...path.slice(start), folder];
    if (done.has(folder)) return null;
    done.add(folder);
    for (const next of graph.get(folder) ?? []) {
      const cycle = visit(next, [...path, folder]);
      if (cycle !== null) return cycle;
    }
    return null;
  };
  for (const folder of graph.keys()) {
    const cycle = visit(folder, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
