// Makes node_modules match package.json and the lock file. Plain JavaScript for any Node >= 18, without dependencies:
// it runs before anything is installed. `npm start`, `npm test` and bin/footfall all come through here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = join(ROOT, 'node_modules', '.footfall-setup');
const NODE = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The fingerprint of what should be installed. The platform is part of it: a copied checkout installs anew. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  for (const name of ['package.json', 'package-lock.json']) {
    const file = join(ROOT, name);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Whether everything that package.json and the lock file name is installed. */
export function isSetUp() {
  return existsSync(STAMP) && existsSync(NODE) && readFileSync(STAMP, 'utf8') === wanted();
}

/**
 * Installs what is missing. Immediate when nothing is. Throws with a message for people when npm fails.
 * Everything is written to standard error, so that a command's own output stays clean.
 */
export function setUp() {
  if (isSetUp()) return;
  console.error('footfall: installing dependencies and Node 24 (once, about half a minute) ...');
  const started = Date.now();
  // `npm install`, not `npm ci`: the latter fails where a registry lacks the binaries of other systems.
  // Below "error" npm complains that the installed Node is old: the right one is what is being installed.
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    // Settings of an outer `npm run --production` and the like must not leave half of it out.
    env: { ...process.env, NODE_ENV: '', npm_config_ignore_scripts: 'false', npm_config_omit: '' },
  });
  if (npm.error || npm.status !== 0) {
    const why = npm.error ? npm.error.message : npm.signal ? `stopped by ${npm.signal}` : `exit code ${npm.status}`;
    throw new Error(
      `npm could not install the dependencies (${why}).\n` +
        '  Read the lines above; most often there is no network or no write permission here.\n' +
        '  Then run the same command again: it goes on from where it is.',
    );
  }
  if (!existsSync(NODE)) {
    throw new Error(
      `npm finished, but ${NODE} is missing: the install script of the package "node" did not run.\n` +
        '  Allow scripts (npm config set ignore-scripts false), remove node_modules and run the same command again.',
    );
  }
  writeFileSync(STAMP, wanted());
  console.error(`footfall: ready after ${Math.round((Date.now() - started) / 1000)} s`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    setUp();
  } catch (error) {
    console.error(`footfall: ${error.message}`);
    process.exitCode = 1;
  }
}
