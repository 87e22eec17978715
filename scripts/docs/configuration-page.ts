import { envName, flagName, SETTING_KEYS, SETTINGS, type Setting } from '../../src/config/settings.ts';

/** docs/configuration.md: every setting with its names and default. */
export const configurationPage = (): string =>
  [
    '# Configuration',
    '',
    '<!-- Made from src/config/settings.ts by `npm run docs`. -->',
    '',
    'A flag wins over the environment, the environment over `.env`, that over `footfall.config.ts` in the current folder,',
    'and that over the default. `footfall config --explain` shows each value with the place it comes from. The variable',
    '`FOOTFALL_CONFIG` names another configuration file.',
    '',
    'Lengths of time are a whole number with a unit: `us`, `ms`, `s`, `m`, `h` or `d`.',
    '',
    '| setting | flag | variable | default | what it is |',
    '|---|---|---|---|---|',
    ...SETTING_KEYS.map((key) => {
      const setting: Setting = SETTINGS[key];
      const names = setting.fileOnly === true ? '| |' : `| \`${flagName(key)}\` | \`${envName(key)}\` |`;
      return `| \`${key}\` ${names} ${shown(setting.initial)} | ${setting.description} |`;
    }),
    '',
    'In `footfall.config.ts`:',
    '',
    '```ts',
    'export default {',
    "  zone: 'Europe/Athens',",
    "  currency: 'EUR',",
    "  lateness: '15m',",
    "  columns: { event_time: 'ts', user_id: 'customer' },",
    '};',
    '```',
    '',
  ].join('\n');

const shown = (initial: unknown): string => {
  if (initial === undefined) return '';
  const written = typeof initial === 'string' ? initial : JSON.stringify(initial);
  return written === '[]' || written === '{}' ? '' : `\`${written}\``;
};
