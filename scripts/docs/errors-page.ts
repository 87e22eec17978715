import { CATALOGUE } from '../../src/core/errors/catalogue/catalogue.ts';
import type { ErrorEntry } from '../../src/core/errors/error-entry.ts';
import { EXIT } from '../../src/core/errors/exit-code.ts';

const WHOSE: Readonly<Record<ErrorEntry['whose'], string>> = {
  user: 'the input, the command or the configuration',
  external: 'the machine or another system',
  internal: 'Footfall',
};

/** docs/errors.md: every code with its meaning and what to do next, and the exit codes. */
export const errorsPage = (): string => {
  const codes: readonly (readonly [string, ErrorEntry])[] = Object.entries(CATALOGUE);
  const areas = Map.groupBy(codes, ([code]) => code.slice(0, code.indexOf('.')));
  return [
    '# Errors',
    '',
    '<!-- Made from src/core/errors by `npm run docs`. -->',
    '',
    'A failure that Footfall foresees has a code. The terminal shows what is wrong, why, and what to do next; with',
    '`--json` the same comes as an object with `code`, `message`, `where`, `hint`, `whose` and `retry`.',
    '',
    '## Exit codes',
    '',
    '| code | meaning |',
    '|---|---|',
    ...Object.values(EXIT).map(({ code, meaning }) => `| ${code} | ${meaning} |`),
    '',
    'A process ended by another signal answers 128 plus its number, as shells do.',
    ...[...areas].flatMap(([area, entries]) => ['', `## ${area}`, ...entries.flatMap(section)]),
    '',
  ].join('\n');
};

const section = ([code, entry]: readonly [string, ErrorEntry]): string[] => [
  '',
  `### ${code}`,
  '',
  `**${entry.title}**: ${readable(entry.message)}.`,
  '',
  `Next: ${readable(entry.hint)}.`,
  '',
  `Exit code ${EXIT[entry.exit].code}, HTTP ${entry.http}. The cause lies with ${WHOSE[entry.whose]}; ${
    entry.retry ? 'the same may succeed later' : 'trying again changes nothing'
  }.`,
];

/** Placeholders as words in italics; those that may be missing are left out. */
const readable = (template: string): string =>
  template.replace(/ ?\{\w+\?\}/g, '').replace(/\{(\w+)\}/g, (_, name: string) => `*${name}*`);
