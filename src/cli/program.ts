import { Command } from 'commander';
import { EXIT } from '../core/errors/exit-code.ts';
import { generateCommand } from './commands/generate.ts';
import { queryCommand } from './commands/query.ts';
import { replayCommand } from './commands/replay.ts';
import { sourcesCommand } from './commands/sources.ts';
import { verifyCommand } from './commands/verify.ts';
import { viewsCommand } from './commands/views.ts';

/** The whole command line. */
export function program(): Command {
  const footfall = new Command('footfall')
    .description('Exact, real-time customer-journey analytics for online shops.')
    .option('--data <dir>', 'data folder of the shop (default: ./footfall-data)')
    .option('--json', 'print results as JSON')
    .option('--no-color', 'no colours; NO_COLOR does the same')
    .option('--config <file>', 'configuration file (default: footfall.config.ts)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      () =>
        `\nExit codes:\n${Object.values(EXIT)
          .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
          .join('\n')}`,
    );
  for (const command of [
    replayCommand(),
    queryCommand(),
    viewsCommand(),
    verifyCommand(),
    sourcesCommand(),
    generateCommand(),
  ]) {
    footfall.addCommand(command);
  }
  return quiet(footfall);
}

/** Commander neither prints errors nor ends the process: that is done in one place, from the catalogue. */
function quiet(command: Command): Command {
  command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError(false)
    .configureHelp({ showGlobalOptions: true });
  for (const each of command.commands) quiet(each);
  return command;
}
