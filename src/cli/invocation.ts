import { type Command, Option } from 'commander';
import { type LoadedConfig, loadConfig } from '../config/config.ts';
import { flagName, SETTING_KEYS, SETTINGS, type Setting } from '../config/settings.ts';
import type { ShopOptions } from '../runtime/open-shop.ts';
import { shopOptions } from '../runtime/shop-options.ts';
import { processTerminal, type Terminal } from './output/terminal.ts';

/** What every command is given. */
export interface Invocation {
  readonly config: LoadedConfig;
  /** How to open the shop that the configuration names. */
  readonly shop: ShopOptions;
  /** Results as JSON on standard output. */
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** What a command answers: its exit code, 0 when it says nothing. */
export type Answer = Promise<number> | Promise<void>;

/**
 * Makes a command's action: the configuration is read from its options and the global ones, and what it answers
 * becomes the exit code.
 */
export const action =
  <Options>(run: (invocation: Invocation, operands: readonly string[], options: Options) => Answer) =>
  async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals() as Options & Globals;
    const config = await loadConfig({ flags: settingFlags(command), file: options.config });
    const terminal = processTerminal(options.color);
    const invocation: Invocation = {
      config,
      shop: { ...shopOptions(config.values), say: (line) => terminal.say(line) },
      json: options.json === true,
      terminal,
    };
    const answer = await run(invocation, command.args, options);
    if (typeof answer === 'number') process.exitCode = answer;
  };

interface Globals {
  readonly json?: boolean;
  readonly color: boolean;
  readonly config?: string;
}

/** Of the option `--apply`, where a command takes events in. */
export const APPLY_OPTION = 'put changed views and zone in force at once, without a plan: they are computed again';

/** Marks options that are settings of the configuration, to tell them from a command's own of the same name. */
const settingOptions = new WeakSet<Option>();

/** Adds every setting as an option that help does not list; a name that the command uses itself stays its own. */
export function withSettings(command: Command): Command {
  const taken = new Set([...command.options.map(({ long }) => long), '--data']);
  for (const key of SETTING_KEYS) {
    const setting: Setting = SETTINGS[key];
    if (setting.fileOnly === true || taken.has(flagName(key))) continue;
    const option = new Option(`${flagName(key)} <value>`, setting.description).hideHelp();
    settingOptions.add(option);
    command.addOption(option);
  }
  return command;
}

function settingFlags(command: Command): Record<string, unknown> {
  const flags: Record<string, unknown> = { data: command.optsWithGlobals()['data'] };
  for (const option of command.options) {
    if (settingOptions.has(option)) flags[option.attributeName()] = command.opts()[option.attributeName()];
  }
  return flags;
}

/** Adds examples to a command's help, as they would be typed. */
export const examples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ footfall ${line}`).join('\n')}`);
