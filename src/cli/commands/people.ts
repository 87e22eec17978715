import { Command } from 'commander';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { showPage, showRecord } from '../output/page.ts';
import { wholeNumber } from '../parse-option.ts';

interface Options {
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export const peopleCommand = (): Command =>
  withSettings(
    examples(
      new Command('people')
        .description('people with what they did; or one with their ids, what was said of them and their events')
        .argument('[id]', 'of one person')
        .option('--search <prefix>', 'people whose id, or the id of a visitor that they are, begins so')
        .option('--limit <n>', 'at most so many', wholeNumber, 20)
        .option('--cursor <next>', 'goes on where a page ended')
        .action(action<Options>(run)),
      'people --search 5413',
      'people 541312140',
      'people 541312140 --limit 1000 --json',
    ),
  );

async function run(invocation: Invocation, [id]: readonly string[], { search, limit, cursor }: Options): Promise<void> {
  const { shop } = invocation;
  const paged = { limit, ...(cursor === undefined ? {} : { cursor }) };
  if (id === undefined)
    return showPage(
      invocation,
      await perform(shop, 'persons', { ...paged, ...(search === undefined ? {} : { search }) }),
    );
  const person = await perform(shop, 'person', { id });
  const { rows, next } = await perform(shop, 'person-events', { id, ...paged });
  const { visitors, links, bots, ...sums } = person;
  const shown = {
    ...sums,
    visitors: visitors.map(({ visitor }) => String(visitor)).join(', '),
    links: links.map(({ visitor, user_id: user }) => `${visitor} is ${user}`).join(', '),
    bots: bots.map(({ visitor }) => String(visitor)).join(', '),
  };
  return showRecord(invocation, { ...person, timeline: { events: rows, next } }, shown, rows, next);
}
