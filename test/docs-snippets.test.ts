/**
 * Every snippet of the README and of docs/ is held true (CONTRIBUTING.md, "Documentation"): `sh run` and `ts run`
 * blocks are run, `sh` blocks have to parse, `ts` blocks have to be TypeScript whose types can be stripped, `json`
 * blocks have to be JSON.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Snippet, snippetsOf } from './snippets.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = [...globSync('*.md', { cwd: ROOT }), ...globSync('docs/**/*.md', { cwd: ROOT })]
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const LANGUAGES = ['sh', 'ts', 'json', 'sql', 'python', 'r', 'text', 'csv', 'mermaid', 'toml', 'yaml', 'diff', 'md'];

test('fenced blocks are found with their language and flags, also in lists', () => {
  const markdown = ['text', '```sh run', 'echo 1', '```', '- item', '  ~~~ts', '  const a = 1;', '  ~~~'].join('\n');
  expect(snippetsOf('a.md', markdown)).toEqual([
    { where: 'a.md:2', language: 'sh', flags: ['run'], text: 'echo 1\n' },
    { where: 'a.md:6', language: 'ts', flags: [], text: 'const a = 1;\n' },
  ]);
  expect(() => snippetsOf('a.md', '```sh')).toThrow('a.md:1: the block is not closed');
});

test('there are pages to read', () => {
  expect(PAGES).toContain('docs/errors.md');
});

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const snippets = snippetsOf(page, text);
  let folder: string;

  // The blocks of one page are steps of one story: they run in order, in a folder that begins empty.
  beforeAll(() => {
    const root = mkdtempSync(join(tmpdir(), 'footfall-docs-'));
    folder = join(root, 'shop');
    mkdirSync(join(root, 'bin'));
    mkdirSync(folder);
    symlinkSync(join(ROOT, 'bin', 'footfall'), join(root, 'bin', 'footfall'));
    // So that a script of the docs may import `./src/...` as it would beside a checkout.
    for (const name of ['src', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
    // Entry by entry: many a page has its data in `./shop`.
    mkdirSync(join(folder, 'shop'));
    for (const name of readdirSync(join(ROOT, 'shop')))
      symlinkSync(join(ROOT, 'shop', name), join(folder, 'shop', name));
  });
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

  test('links lead to files that exist', () => {
    const links = [...text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(
      ([, target = '']) => target,
    );
    const broken = links.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, page, '..', target)));
    expect(broken).toEqual([]);
  });

  test('every block names a language that is known', () => {
    expect(
      snippets.filter(({ language }) => !LANGUAGES.includes(language)).map(({ where, language }) => [where, language]),
    ).toEqual([]);
  });

  const checked = snippets.filter(({ language }) => ['sh', 'ts', 'json'].includes(language));
  if (checked.length > 0) {
    test.each(checked)('$where ($language)', { timeout: 180_000 }, (snippet) => check(snippet, folder));
  }
});

const check = ({ where, language, flags, text }: Snippet, folder: string): void => {
  if (language === 'json') {
    expect(() => JSON.parse(text), where).not.toThrow();
  } else if (language === 'ts') {
    expect(() => stripTypeScriptTypes(text), where).not.toThrow();
    if (flags.includes('run')) {
      writeFileSync(join(folder, 'snippet.ts'), text);
      run(
        where,
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--preserve-symlinks-main', 'snippet.ts'],
        folder,
      );
    }
  } else if (flags.includes('run')) {
    run(where, 'bash', ['-euo', 'pipefail', '-c', text], folder);
  } else {
    run(where, 'bash', ['-n', '-c', text], folder);
  }
};

const run = (where: string, program: string, args: readonly string[], folder: string): void => {
  const env = { ...process.env, PATH: `${join(folder, '..', 'bin')}:${process.env['PATH']}` };
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 170_000,
  });
  expect(status, `${where} ended with ${signal ?? status}\n${stdout}\n${stderr}`).toBe(0);
};
