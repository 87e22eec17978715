import { Command } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
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
    "vocabulary map 'Product Viewd=view'",
  )
    .addCommand(
      withSettings(
        examples(
          new Command('list').description('words that stand for an event type').action(action<object>(listMapped)),
          'vocabulary list',
        ),
      ),
    )
    .addCommand(
      withSettings(
        examples(
          new Command('map')
            .description('have words stand for event types, in history as in what comes')
            .argument('<word=type...>', 'a word as it was sent, and the type that it stands for')
            .action(action<object>(mapWords)),
          "vocabulary map 'Product Viewd=view' Kauf=purchase",
        ),
      ),
    )
    .addCommand(
      withSettings(
        examples(
          new Command('unmap')
            .description('have words stand for themselves again: all is counted as before')
            .argument('<word...>', 'words that are mapped')
            .action(action<object>(unmapWords)),
          "vocabulary unmap 'Product Viewd'",
        ),
      ),
    );

async function listMapped({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'mapped-types', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (all.length === 0) return terminal.out('every word stands for itself\n');
  return terminal.out(`${recordLines(all, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

const mapWords = (invocation: Invocation, pairs: readonly string[]): Promise<void> =>
  change(
    invocation,
    Object.fromEntries(
      pairs.map((pair) => {
        // Words may have = in them, types have not.
        const at = pair.lastIndexOf('=');
        if (at < 1)
          throw new FootfallError('cli.usage', { reason: `"${pair}" is not WORD=TYPE`, command: 'vocabulary' });
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ),
  );

const unmapWords = (invocation: Invocation, words: readonly string[]): Promise<void> =>
  change(invocation, Object.fromEntries(words.map((word) => [word, null])));

async function change({ shop, json, terminal }: Invocation, types: Record<string, string | null>): Promise<void> {
  const outcome = await perform(shop, 'change-types', { types });
  if (json) return terminal.out(`${JSON.stringify(outcome, null, 2)}\n`);
  const { changed, events } = outcome;
  return terminal.out(
    changed === 0
      ? 'all was so already\n'
      : `${grouped(events)} events follow; footfall vocabulary list shows the words\n`,
  );
}

async function listUnknown({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'unknown-types', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (all.length === 0) return terminal.out('every event type is known\n');
  return terminal.out(`${recordLines(all, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
