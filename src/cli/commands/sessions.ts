import { Command, InvalidArgumentError } from 'commander';
import { STEPS, type Step } from '../../journey/sessions.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { showPage, showRecord } from '../output/page.ts';
import { wholeNumber } from '../parse-option.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly has?: Step[];
  readonly without?: Step[];
  readonly live?: true;
  readonly channel?: string;
  readonly country?: string;
  readonly person?: string;
  readonly visitor?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** @throws InvalidArgumentError, which names the option */
function steps(text: string): Step[] {
  return text.split(',').map((each) => {
    const name = each.trim();
    if (!Object.hasOwn(STEPS, name)) throw new InvalidArgumentError('It must be view, cart or purchase.');
    return name as Step;
  });
}

export const sessionsCommand = (): Command =>
  withSettings(
    examples(
      new Command('sessions')
        .description('sessions, the latest first; or one with its events and the cart after each')
        .argument('[id]', 'of one session')
        .option('--from <time>', 'sessions that began at or after this')
        .option('--to <time>', 'sessions that began before this')
        .option('--has <steps>', 'with these: view, cart, purchase, with commas between them', steps)
        .option('--without <steps>', 'without these', steps)
        .option('--live', 'those that may still go on')
        .option('--channel <name>', 'of the first event that has one; empty for none')
        .option('--country <code>', 'of the first event that has one; empty for none')
        .option('--person <id>', 'of one person')
        .option('--visitor <id>', 'of one visitor; of a session id that several have, which one')
        .option('--limit <n>', 'at most so many', wholeNumber, 20)
        .option('--cursor <next>', 'goes on where a page ended')
        .action(action<Options>(run)),
      'sessions --has cart --without purchase --limit 5',
      'sessions --live --channel search --json',
      'sessions 9333dfbd-b87a-4708-9857-6336556b0fcc',
    ),
  );

async function run(invocation: Invocation, [id]: readonly string[], options: Options): Promise<void> {
  const { shop } = invocation;
  const { has, without, visitor, limit, cursor } = options;
  const paged = { limit, ...(cursor === undefined ? {} : { cursor }), ...(visitor === undefined ? {} : { visitor }) };
  if (id !== undefined) {
    const { session, events, next } = await perform(shop, 'session', { id, ...paged });
    return showRecord(invocation, { session, events, next }, session, events, next);
  }
  const { from, to, live, channel, country, person } = options;
  const page = await perform(shop, 'sessions', {
    ...paged,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(has === undefined ? {} : { has }),
    ...(without === undefined ? {} : { without }),
    ...(live === undefined ? {} : { live }),
    ...(channel === undefined ? {} : { channel }),
    ...(country === undefined ? {} : { country }),
    ...(person === undefined ? {} : { person }),
  });
  return showPage(invocation, page);
}
