import { Command } from 'commander';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { recordLines } from '../output/table.ts';

export const sourcesCommand = (): Command =>
  withSettings(
    examples(
      new Command('sources').description('what was read, and how far').action(action<object>(run)),
      'sources',
      'sources --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'sources', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (all.length === 0) return terminal.out('nothing was read yet\n');
  return terminal.out(`${recordLines(all, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
