import { Command } from 'commander';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { wholeNumber } from '../parse-option.ts';
import { changedLine, type PeopleOptions, sayPeople, showProposals, showTable } from './people-output.ts';

export const botsCommand = (): Command => {
  const list = withSettings(new Command('list').description('marks in force').action(action<object>(listBots)));
  const mark = withSettings(
    examples(
      new Command('mark')
        .description('says that a visitor is a bot: views and questions without bots leave it out')
        .argument('[visitor]', 'user id, or else anonymous id, as sent')
        .option('--from <time>', 'events at or after this; default: all')
        .option('--file <csv>', 'many at once: visitor, valid_from')
        .action(action<PeopleOptions>(markVisitor)),
      'bots mark 541312140',
      'bots mark --file bots.csv',
    ),
  );
  const unmark = withSettings(
    examples(
      new Command('unmark')
        .description('withdraws the mark of a visitor: all is counted as before it')
        .argument('<visitor>', 'as it was marked')
        .action(action<object>(unmarkVisitor)),
      'bots unmark 541312140',
    ),
  );
  const propose = withSettings(
    examples(
      new Command('propose')
        .description('visitors who behave as no human does, each with the reasons; nothing is marked')
        .option('--limit <n>', 'at most so many', wholeNumber, 100)
        .option('--csv', 'as a file for bots mark --file')
        .action(action<{ limit: number; csv?: boolean }>(proposeBots)),
      'bots propose --limit 20',
      'bots propose --csv > bots.csv',
    ),
  );
  return examples(
    new Command('bots')
      .description('visitors who are no people: list, mark, unmark, propose')
      .addCommand(list, { isDefault: true })
      .addCommand(mark)
      .addCommand(unmark)
      .addCommand(propose),
    'bots propose',
    'bots mark 541312140',
    'trend --humans',
  );
};

async function listBots({ shop, json, terminal }: Invocation): Promise<void> {
  const report = await perform(shop, 'people', { says: 'bot' });
  return showTable({ json, terminal }, report, 'nobody is marked');
}

const markVisitor = (invocation: Invocation, operands: readonly string[], options: PeopleOptions): Promise<void> =>
  sayPeople(invocation, 'bot', operands, options);

async function unmarkVisitor({ shop, json, terminal }: Invocation, [visitor = '']: readonly string[]): Promise<void> {
  const outcome = await perform(shop, 'change-people', { says: 'bot', withdrawn: true, rows: [{ visitor }] });
  return terminal.out(json ? `${JSON.stringify(outcome, null, 2)}\n` : changedLine(outcome));
}

async function proposeBots(
  { shop, json, terminal }: Invocation,
  _: readonly string[],
  { limit, csv = false }: { limit: number; csv?: boolean },
): Promise<void> {
  const proposals = await perform(shop, 'bot-proposals', { limit });
  return showProposals({ json, terminal, csv }, proposals, ['visitor'], 'nobody behaves as a bot does');
}
