import { FootfallError } from '../core/errors/footfall-error.ts';
import { dotEnvOrigin, envOrigin, fileOrigin, flagsOrigin, type Origin } from './origins.ts';
import { type Config, envName, SETTING_KEYS, SETTINGS, type Setting, type SettingKey } from './settings.ts';

export interface ConfigRequest {
  /** Parsed options under the keys of the settings; anything else in it is ignored. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder of `.env` and `footfall.config.ts`. */
  readonly folder?: string;
  /** A configuration file by name, instead of the one in the folder. */
  readonly file?: string | undefined;
}

/** A configuration that remembers where each of its values was written. */
export interface LoadedConfig {
  readonly values: Config;
  /** Such as `--zone`, `FOOTFALL_ZONE`, `.env (FOOTFALL_ZONE)`, `footfall.config.ts (zone)` or `default`. */
  readonly origins: Readonly<Record<SettingKey, string>>;
  /** The values as they were written: `10m`, where `values` has microseconds. */
  readonly written: Readonly<Record<SettingKey, unknown>>;
}

/**
 * Reads the configuration: flags win over the environment, that over `.env`, that over `footfall.config.ts`, that over
 * the defaults.
 *
 * @throws FootfallError `config.invalid` with all that is wrong, each with its place; `config.file` for a file that
 *   cannot be loaded.
 * @example const { values } = await loadConfig({ flags: { data: './shop' } })
 */
export const loadConfig = async (request: ConfigRequest = {}): Promise<LoadedConfig> => {
  const { flags = {}, env = process.env, folder = process.cwd() } = request;
  const named = request.file ?? (env['FOOTFALL_CONFIG'] || undefined);
  return merge([flagsOrigin(flags), envOrigin(env, null), dotEnvOrigin(folder), await fileOrigin(folder, named)]);
};

/** Puts origins together, the strongest first. */
const merge = (origins: readonly Origin[]): LoadedConfig => {
  const values: Record<string, unknown> = {};
  const places: Record<string, string> = {};
  const texts: Record<string, unknown> = {};
  const problems = origins.flatMap(({ mistakes }) => mistakes);
  for (const key of SETTING_KEYS) {
    const setting: Setting = SETTINGS[key];
    const origin = origins.find((each) => each.values.has(key));
    const place = origin?.nameOf(key) ?? 'default';
    const written = origin === undefined ? setting.initial : origin.values.get(key);
    const parsed = setting.schema.safeParse(written);
    if (parsed.success) {
      values[key] = parsed.data;
      places[key] = place;
      texts[key] = written;
    } else {
      const reasons = parsed.error.issues.map(({ message }) => message);
      problems.push(`${place}: ${shown(written)} ${[...new Set(reasons)].join(', ')}`);
    }
  }
  if (problems.length > 0) throw new FootfallError('config.invalid', { problems: problems.join('; ') });
  // Every key of the table was parsed by its own schema above.
  return {
    values: Object.freeze(values) as Config,
    origins: places as LoadedConfig['origins'],
    written: texts as LoadedConfig['written'],
  };
};

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'it'));

/** One line of `config --explain`. */
export interface ExplainedSetting {
  readonly key: SettingKey;
  /** As written; null = not set. */
  readonly value: unknown;
  readonly origin: string;
  readonly env: string | null;
  readonly description: string;
}

/** Every setting with its value and where that was written. */
export const explain = ({ values, origins, written }: LoadedConfig): ExplainedSetting[] =>
  SETTING_KEYS.map((key) => {
    const setting: Setting = SETTINGS[key];
    return {
      key,
      value: key === 'views' ? `${values.views.length} views` : (written[key] ?? null),
      origin: origins[key],
      env: setting.fileOnly === true ? null : envName(key),
      description: setting.description,
    };
  });
