import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { footfall, scratch } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');

const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['a misspelt command', ['qurey'], 2, /no command qurey \(did you mean "query"\?\)/],
  ['a misspelt command of a command', ['views', 'shw'], 2, /no command shw \(did you mean "show"\?\)/],
  ['a misspelt option', ['verify', '--jsno'], 2, /no option --jsno \(did you mean "--json"\?\)/],
  ['a misspelt setting', ['replay', 'x.csv', '--lateness', 'soon'], 2, /config\.invalid.*--lateness/],
  ['an option that is no number', ['query', 'x', '--limit', 'few'], 2, /whole number/],
  ['an unknown shape', ['generate', '--shape', 'rees47', '--out', 'x'], 2, /rees46/],
  ['a share that cannot be', ['generate', '--late', '0.7', '--out', join(folder, 'x')], 2, /generate\.option/],
  ['nothing to read', ['replay'], 2, /at least one file/],
  ['a file that is not there', ['replay', 'not-there.csv', '--data', join(folder, 'none')], 3, /source\.missing/],
  ['a pattern without a match', ['replay', 'not-there-*.csv', '--data', join(folder, 'none')], 3, /source\.empty_glob/],
  [
    'a shop that is not there',
    ['query', 'brand_activity', '--data', join(folder, 'nowhere')],
    2,
    /no shop in .*nowhere/,
  ],
  ['a configuration file that is not there', ['config', '--config', 'gone.ts'], 2, /config\.file/],
];

test.each(cases)('%s: what, what next, no stack, exit code', async (_, args, code, text) => {
  const ended = await footfall(args);
  expect(ended.stderr).toMatch(text);
  expect(ended.stderr).toMatch(/^ {2}next: /m);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(ended.stdout).toBe('');
  expect(ended.code).toBe(code);
});

test('without a command the help is shown, and a file that is not there makes no shop', async () => {
  const { stderr, code } = await footfall([]);
  expect(stderr).toContain('Commands:');
  expect(code).toBe(2);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test('with --json an error is an object', async () => {
  const { stderr, code } = await footfall(['query', '--json', '--data', join(folder, 'nowhere'), 'brand_activity']);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'cli.usage', exit_code: 2, whose: 'user' } });
  expect(code).toBe(2);
});

test('errors of SQL say where; only one SELECT is taken', async () => {
  const file = join(folder, 'two.csv');
  writeFileSync(
    file,
    'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n2019-10-01 00:00:00 UTC,view,1,2,,acme,1.50,7,26dd6e6e-4dac-4778-8d2c-92e149dab885\n',
  );
  expect((await footfall(['replay', file, '--data', data])).code).toBe(0);
  const failing: readonly (readonly [string, RegExp])[] = [
    ['SELECT brand\nFRM brand_activity', /line 2, column \d+: .*syntax error/],
    ['SELECT brnad FROM brand_activity', /line 1, column 8: .*"brnad" not found/],
    ['SELECT * FROM brand_activty', /brand_activty does not exist/],
    ['DELETE FROM raw', /only a single SELECT/],
    ['SELECT 1; SELECT 2', /one statement at a time/],
    ["COPY raw TO '/tmp/x'", /only a single SELECT/],
    [' ', /no statement/],
  ];
  for (const [sql, text] of failing) {
    const { stderr, code } = await footfall(['query', '--sql', sql, '--data', data]);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  }
}, 60_000);

test('piped output has no colours and no progress, whatever is asked for', async () => {
  for (const args of [['query', 'brand_activity'], ['views'], ['doctor'], ['views', 'show', 'brand_activity']]) {
    const { stdout, stderr } = await footfall([...args, '--data', data], { env: { FORCE_COLOR: '1' } });
    expect(stdout.length).toBeGreaterThan(0);
    expect(stdout + stderr).not.toContain('\u001b');
  }
});

test('every command has help with an example', async () => {
  const { stdout } = await footfall(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: .*)$/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => !['help', 'version'].includes(name));
  expect(commands).toEqual(expect.arrayContaining(['start', 'replay', 'query', 'verify', 'why', 'completions']));
  expect(stdout).toContain('Exit codes:');
  for (const name of commands) {
    const help = await footfall([name, '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout, name).toMatch(new RegExp(`\\$ footfall (.*)${name}`));
  }
}, 60_000);

test('completions are scripts that their shell takes', async () => {
  const { stdout } = await footfall(['completions', 'bash']);
  const { spawnSync } = await import('node:child_process');
  const script = `${stdout}\nCOMP_WORDS=(footfall views sh); COMP_CWORD=2; _footfall; echo "\${COMPREPLY[@]}"\nCOMP_WORDS=(footfall ver); COMP_CWORD=1; _footfall; echo "\${COMPREPLY[@]}"`;
  const shell = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(shell.stderr).toBe('');
  expect(shell.stdout.trim().split('\n')).toEqual(['show', 'verify version']);
  for (const name of ['zsh', 'fish']) expect((await footfall(['completions', name])).stdout).toContain('footfall');
});
