import { Command } from 'commander';
import { explain } from '../../config/config.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { type Cell, recordLines } from '../output/table.ts';

interface Options {
  readonly explain?: true;
}

export const configCommand = (): Command =>
  withSettings(
    examples(
      new Command('config')
        .description('the settings in force')
        .option('--explain', 'with where each comes from, its environment variable and what it means')
        .action(action<Options>(run)),
      'config --explain',
      'config --zone Europe/Madrid --explain --json',
    ),
  );

async function run({ config, json, terminal }: Invocation, _: readonly string[], options: Options): Promise<void> {
  const all = explain(config).map((each) => (options.explain === true ? each : { key: each.key, value: each.value }));
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  const shown = all.map((each) => ({
    ...each,
    value: typeof each.value === 'object' && each.value !== null ? JSON.stringify(each.value) : (each.value as Cell),
  }));
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
