import { Command } from 'commander';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { recordLines } from '../output/table.ts';

export const vocabularyCommand = (): Command =>
  examples(
    new Command('vocabulary')
      .description('the words that events come in')
      .addCommand(
        withSettings(
          examples(
            new Command('unknown')
              .description('event types that have no meaning of their own, with what was most likely meant')
              .action(action<object>(listUnknown)),
            'vocabulary unknown',
            'vocabulary unknown --json',
          ),
        ),
        { isDefault: true },
      ),
    'vocabulary unknown',
  );

async function listUnknown({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'unknown-types', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (all.length === 0) return terminal.out('every event type is known\n');
  return terminal.out(`${recordLines(all, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
