import { Command } from 'commander';
import { EXIT } from '../core/errors/exit-code.ts';
import { versions } from '../runtime/versions.ts';
import { applyCommand } from './commands/apply.ts';
import { auditCommand } from './commands/audit.ts';
import { botsCommand } from './commands/bots.ts';
import { changesCommand } from './commands/changes.ts';
import { completionsCommand } from './commands/completions.ts';
import { configCommand } from './commands/config.ts';
import { funnelCommand } from './commands/counting/funnel.ts';
import { pathsCommand } from './commands/counting/paths.ts';
import { retentionCommand } from './commands/counting/retention.ts';
import { trendCommand } from './commands/counting/trend.ts';
import { dimensionsCommand } from './commands/dimensions.ts';
import { doctorCommand } from './commands/doctor.ts';
import { eraseCommand } from './commands/erase.ts';
import { exportCommand } from './commands/export.ts';
import { generateCommand } from './commands/generate.ts';
import { identityCommand } from './commands/identity.ts';
import { importCommand } from './commands/import.ts';
import { journalCommand } from './commands/journal.ts';
import { keysCommand } from './commands/keys.ts';
import { lakeCommand } from './commands/lake.ts';
import { logsCommand } from './commands/logs.ts';
import { peopleCommand } from './commands/people.ts';
import { planCommand } from './commands/plan.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { queryCommand } from './commands/query.ts';
import { replayCommand } from './commands/replay.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { sessionsCommand } from './commands/sessions.ts';
import { sinksCommand } from './commands/sinks.ts';
import { sourcesCommand } from './commands/sources.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { upCommand } from './commands/up.ts';
import { usersCommand } from './commands/users.ts';
import { verifyCommand } from './commands/verify.ts';
import { versionCommand } from './commands/version.ts';
import { viewsCommand } from './commands/views.ts';
import { vocabularyCommand } from './commands/vocabulary.ts';
import { whyCommand } from './commands/why.ts';

/** The whole command line. */
export function program(): Command {
  const footfall = new Command('footfall')
    .description('Exact, real-time customer-journey analytics for online shops.')
    .version(versions().footfall)
    .option('--data <dir>', 'data folder of the shop (default: ./footfall-data)')
    .option('--json', 'print results as JSON')
    .option('--no-color', 'no colours; NO_COLOR does the same')
    .option('--config <file>', 'configuration file (default: footfall.config.ts)')
    .addHelpText('after', exitCodes);
  const commands = [
    startCommand(),
    upCommand(),
    stopCommand(),
    statusCommand(),
    logsCommand(),
    keysCommand(),
    usersCommand(),
    auditCommand(),
    replayCommand(),
    importCommand(),
    generateCommand(),
    queryCommand(),
    exportCommand(),
    changesCommand(),
    viewsCommand(),
    sessionsCommand(),
    peopleCommand(),
    funnelCommand(),
    pathsCommand(),
    retentionCommand(),
    trendCommand(),
    whyCommand(),
    verifyCommand(),
    planCommand(),
    applyCommand(),
    rollbackCommand(),
    quarantineCommand(),
    dimensionsCommand(),
    identityCommand(),
    botsCommand(),
    eraseCommand(),
    sinksCommand(),
    sourcesCommand(),
    journalCommand(),
    lakeCommand(),
    vocabularyCommand(),
    configCommand(),
    doctorCommand(),
    completionsCommand(() => footfall),
    versionCommand(),
  ];
  for (const command of commands) footfall.addCommand(command);
  return quiet(footfall);
}

const exitCodes = (): string =>
  `\nExit codes:\n${Object.values(EXIT)
    .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
    .join('\n')}`;

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
