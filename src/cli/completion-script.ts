import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command path with the words that may follow it. */
interface Level {
  /** Such as `views show`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly description: string }[];
}

/** A completion script for a shell, from the command tree itself. */
export function completionScript(shell: Shell, program: Command): string {
  const levels = levelsOf(program, [], visibleOptions(program));
  switch (shell) {
    case 'bash':
      return bash(levels);
    case 'zsh':
      return `#compdef footfall\nautoload -U +X bashcompinit && bashcompinit\n${bash(levels)}`;
    case 'fish':
      return fish(levels);
  }
}

const visibleOptions = (command: Command): Level['words'] =>
  command.options.flatMap(({ long, hidden, description }) =>
    long == null || hidden ? [] : [{ word: long, description }],
  );

function levelsOf(command: Command, path: readonly string[], shared: Level['words']): Level[] {
  const commands = command.commands.map((each) => ({ word: each.name(), description: each.description() }));
  const own = path.length === 0 ? [] : visibleOptions(command);
  const here: Level = {
    path: path.join(' '),
    words: [...commands, ...own, ...shared, { word: '--help', description: 'help' }],
  };
  return [here, ...command.commands.flatMap((each) => levelsOf(each, [...path, each.name()], shared))];
}

function bash(levels: readonly Level[]): string {
  const cases = levels.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`);
  return `_footfall() {
  local path="" word words=""
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "\${path:+$path }$word" in
${levels
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      "${path}") path="${path}" ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _footfall footfall
`;
}

function fish(levels: readonly Level[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = levels.flatMap(({ path, words }) => {
    const names = path.split(' ');
    const condition =
      path === '' ? '__fish_use_subcommand' : names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    return words.map(({ word, description }) =>
      word.startsWith('--')
        ? `complete -c footfall -n ${quoted(condition)} -l ${word.slice(2)} -d ${quoted(description)}`
        : `complete -c footfall -f -n ${quoted(condition)} -a ${word} -d ${quoted(description)}`,
    );
  });
  return `${lines.join('\n')}\n`;
}
