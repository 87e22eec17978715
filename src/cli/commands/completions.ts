import { Argument, Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion-script.ts';
import { action, examples, type Invocation } from '../invocation.ts';

/** @param root the whole command line, asked when the script is made */
export const completionsCommand = (root: () => Command): Command =>
  examples(
    new Command('completions')
      .description('a script that completes commands and options')
      .addArgument(new Argument('<shell>').choices(SHELLS))
      .action(
        action<object>(async ({ terminal }: Invocation, [shell]: readonly string[]) => {
          await terminal.out(completionScript(shell as Shell, root()));
        }),
      ),
    'completions bash > /etc/bash_completion.d/footfall',
    'completions zsh > ~/.zfunc/_footfall',
    'completions fish > ~/.config/fish/completions/footfall.fish',
  );
