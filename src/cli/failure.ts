import { type Command, CommanderError } from 'commander';
import { didYouMean } from '../core/did-you-mean.ts';
import { EXIT } from '../core/errors/exit-code.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { Stopped } from '../runtime/stop-signal.ts';
import { BrokenPipe } from './output/terminal.ts';

/** What is told about a failure, and what the shell is answered. */
export interface Failure {
  /** For standard error; null when there is nothing to say. */
  readonly text: string | null;
  readonly exitCode: number;
}

/** Turns whatever ended a command into words: what, why, what next. A stack only for defects. */
export function failureOf(error: unknown, command: Command, args: readonly string[], json: boolean): Failure {
  if (error instanceof BrokenPipe) return { text: null, exitCode: EXIT.ok.code };
  if (error instanceof Stopped) return { text: null, exitCode: EXIT.interrupted.code };
  if (error instanceof CommanderError && error.exitCode === 0) return { text: null, exitCode: EXIT.ok.code };
  if (error instanceof CommanderError && error.code === 'commander.help') {
    return { text: commandOf(command, args).helpInformation(), exitCode: EXIT.usage.code };
  }
  const known = error instanceof CommanderError ? usageError(error, command, args) : FootfallError.from(error);
  if (json) return { text: JSON.stringify({ error: known.toJSON() }), exitCode: known.exitCode };
  const stack = known.code === 'internal.bug' && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return { text: `${known.render()}${stack}`, exitCode: known.exitCode };
}

function usageError(error: CommanderError, program: Command, args: readonly string[]): FootfallError {
  const at = commandOf(program, args);
  const name = at === program ? {} : { command: at.name() };
  const text = error.message.replace(/^error: /, '').split('\n')[0] ?? '';
  const quoted = /'([^']*)'/.exec(text)?.[1] ?? '';
  if (
    error.code === 'commander.unknownCommand' ||
    (error.code === 'commander.excessArguments' && at.commands.length > 0)
  ) {
    const given =
      error.code === 'commander.unknownCommand'
        ? quoted
        : (args.find((arg) => !arg.startsWith('-') && arg !== at.name()) ?? '');
    return new FootfallError('cli.unknown_command', {
      name: given,
      suggestion: didYouMean(
        given,
        at.commands.map((each) => each.name()),
      ),
    });
  }
  if (error.code === 'commander.unknownOption') {
    const options = [...at.options, ...program.options].flatMap(({ long }) => (long == null ? [] : [long]));
    return new FootfallError('cli.usage', {
      reason: `there is no option ${quoted}${didYouMean(quoted, options)}`,
      ...name,
    });
  }
  return new FootfallError('cli.usage', { reason: text, ...name });
}

/** The command that the arguments name, as far as they do. */
function commandOf(program: Command, args: readonly string[]): Command {
  let at = program;
  for (const arg of args) at = at.commands.find((each) => each.name() === arg) ?? at;
  return at;
}
