import { Command } from 'commander';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { wholeNumber } from '../parse-option.ts';
import { changedLine, type PeopleOptions, sayPeople, showProposals, showTable } from './people-output.ts';

export const identityCommand = (): Command => {
  const list = withSettings(new Command('list').description('links in force').action(action<object>(listLinks)));
  const link = withSettings(
    examples(
      new Command('link')
        .description('says that an anonymous visitor is a user: people are counted so')
        .argument('[anonymous]', 'anonymous id, as sent')
        .argument('[user]', 'user id, as sent')
        .option('--from <time>', 'events at or after this; default: all')
        .option('--file <csv>', 'many at once: anonymous_id, user_id, valid_from')
        .action(action<PeopleOptions>(linkVisitor)),
      'identity link 8f2c41aa 541312140',
      'identity link 8f2c41aa 541312140 --from 2019-10-01',
      'identity link --file links.csv',
    ),
  );
  const unlink = withSettings(
    examples(
      new Command('unlink')
        .description('withdraws the links of an anonymous visitor: all is counted as before them')
        .argument('<anonymous>', 'anonymous id, as sent')
        .option('--from <time>', 'just the link from this time on; default: all its links')
        .action(action<PeopleOptions>(unlinkVisitor)),
      'identity unlink 8f2c41aa',
    ),
  );
  const propose = withSettings(
    examples(
      new Command('propose')
        .description('anonymous ids that were seen with just one user, and are not linked')
        .option('--limit <n>', 'at most so many', wholeNumber, 100)
        .option('--csv', 'as a file for identity link --file')
        .action(action<{ limit: number; csv?: boolean }>(proposeLinks)),
      'identity propose --limit 20',
      'identity propose --csv > links.csv',
    ),
  );
  return examples(
    new Command('identity')
      .description('who is whom: list, link, unlink, propose')
      .addCommand(list, { isDefault: true })
      .addCommand(link)
      .addCommand(unlink)
      .addCommand(propose),
    'identity',
    'identity link 8f2c41aa 541312140',
  );
};

async function listLinks({ shop, json, terminal }: Invocation): Promise<void> {
  const report = await perform(shop, 'people', { says: 'same_as' });
  return showTable({ json, terminal }, report, 'nobody is linked');
}

const linkVisitor = (invocation: Invocation, operands: readonly string[], options: PeopleOptions): Promise<void> =>
  sayPeople(invocation, 'same_as', operands, options);

async function unlinkVisitor(
  { shop, json, terminal }: Invocation,
  [visitor = '']: readonly string[],
  { from }: PeopleOptions,
): Promise<void> {
  const rows = [{ visitor, ...(from === undefined ? {} : { from }) }];
  const outcome = await perform(shop, 'change-people', { says: 'same_as', withdrawn: true, rows });
  return terminal.out(json ? `${JSON.stringify(outcome, null, 2)}\n` : changedLine(outcome));
}

async function proposeLinks(
  { shop, json, terminal }: Invocation,
  _: readonly string[],
  { limit, csv = false }: { limit: number; csv?: boolean },
): Promise<void> {
  const proposals = await perform(shop, 'identity-proposals', { limit });
  return showProposals({ json, terminal, csv }, proposals, ['anonymous_id', 'user_id'], 'no pair was seen together');
}
