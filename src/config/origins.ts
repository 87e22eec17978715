import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { closest, didYouMean } from '../core/did-you-mean.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { envName, flagName, SETTING_KEYS, SETTINGS, type Setting, type SettingKey } from './settings.ts';

/** One place that settings come from, with what it says. */
export interface Origin {
  /** How the place calls a setting. */
  readonly nameOf: (key: SettingKey) => string;
  /** Setting → value as written. */
  readonly values: ReadonlyMap<SettingKey, unknown>;
  /** What the place says that is no setting. */
  readonly mistakes: readonly string[];
}

const CONFIG_FILES = ['footfall.config.ts', 'footfall.config.mjs', 'footfall.config.js'];
const PREFIX = 'FOOTFALL_';
/** Settings that fit on one line of text. */
const TEXT_KEYS = SETTING_KEYS.filter((key) => (SETTINGS[key] as Setting).fileOnly !== true);
const ENV_NAMES = TEXT_KEYS.map(envName);
const ENV_WORDS = ENV_NAMES.map((name) => name.slice(PREFIX.length));

/** Options of the command line, under their keys; options of the command itself are not settings and pass. */
export const flagsOrigin = (flags: Readonly<Record<string, unknown>>): Origin => ({
  nameOf: flagName,
  values: new Map(TEXT_KEYS.filter((key) => flags[key] !== undefined).map((key) => [key, flags[key]])),
  mistakes: [],
});

/** Variables `FOOTFALL_*`. An empty one counts as not set. */
export const envOrigin = (env: Readonly<Record<string, string | undefined>>, file: string | null): Origin => ({
  nameOf: (key) => (file === null ? envName(key) : `${file} (${envName(key)})`),
  values: new Map(TEXT_KEYS.filter((key) => (env[envName(key)] ?? '') !== '').map((key) => [key, env[envName(key)]])),
  // The environment is shared with others, such as tests: only a name close to one of ours is a mistake.
  mistakes: Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !ENV_NAMES.includes(name) && name !== `${PREFIX}CONFIG`)
    .flatMap((name) => {
      const meant = closest(name.slice(PREFIX.length), ENV_WORDS);
      return meant === null ? [] : [`there is no setting ${name} (did you mean "${PREFIX}${meant}"?)`];
    }),
});

/** The file `.env` of a folder, read without changing the environment: what a child process gets stays the same. */
export const dotEnvOrigin = (folder: string): Origin => {
  const file = join(folder, '.env');
  return envOrigin(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}, '.env');
};

/**
 * The default export of `footfall.config.ts`, or of the file that is named.
 * @throws FootfallError `config.file` when it is missing although named, cannot be loaded or exports no object.
 */
export const fileOrigin = async (folder: string, named: string | undefined): Promise<Origin> => {
  const path =
    named === undefined
      ? CONFIG_FILES.map((name) => join(folder, name)).find((file) => existsSync(file))
      : resolve(folder, named);
  const content = path === undefined ? {} : await load(path);
  const name = path?.slice(path.lastIndexOf('/') + 1) ?? '';
  return {
    nameOf: (key) => `${name} (${key})`,
    values: new Map(SETTING_KEYS.filter((key) => content[key] !== undefined).map((key) => [key, content[key]])),
    mistakes: Object.keys(content)
      .filter((key) => !SETTING_KEYS.some((known) => known === key))
      .map((key) => `${name}: there is no setting ${key}${didYouMean(key, SETTING_KEYS)}`),
  };
};

const load = async (path: string): Promise<Record<string, unknown>> => {
  if (!existsSync(path)) throw new FootfallError('config.file', { path, reason: 'there is no such file' });
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    if (cause instanceof FootfallError) throw cause;
    throw new FootfallError('config.file', { path, reason: String(cause) }, { cause });
  }
  if (typeof module.default === 'object' && module.default !== null) return { ...module.default };
  throw new FootfallError('config.file', { path, reason: 'its default export is not an object' });
};
