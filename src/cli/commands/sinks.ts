import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { SinkReport } from '../../runtime/operations/sinks.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { tableLines } from '../output/table.ts';
import { names } from '../parse-option.ts';

interface AddOptions {
  readonly url?: string;
  readonly urlFile?: string;
  readonly name?: string;
  readonly views?: readonly string[];
}

/** `footfall sinks`: stores of others that results are copied to, while the shop is served. */
export const sinksCommand = (): Command => {
  const sinks = new Command('sinks')
    .description('stores that results are copied to: list, add, pause, resume, reset, remove')
    .addCommand(withSettings(new Command('list').description('all sinks, and how they are').action(action(list))), {
      isDefault: true,
    })
    .addCommand(
      withSettings(
        examples(
          new Command('add')
            .description('copy results to a store: first all rows, then what changes')
            .argument('<kind>', 'postgres')
            .option('--url <url>', 'address, such as postgres://user:password@host:5432/database')
            .option('--url-file <file>', 'a file that holds the address: so that no list of processes shows it')
            .option('--name <name>', 'what it is called; its kind where nothing is said')
            .option('--views <names>', 'these alone, with commas between; default: all', names)
            .action(action<AddOptions>(add)),
          'sinks add postgres --url postgres://shop@localhost/results',
          'sinks add postgres --url-file results.url --name finance --views category_revenue,sales_metrics',
        ),
      ),
    );
  for (const [to, description] of CHANGES)
    sinks.addCommand(
      withSettings(
        examples(
          new Command(to)
            .description(description)
            .argument('<name>', 'of the sink')
            .action(action((invocation, [name = '']) => change(invocation, name, to))),
          `sinks ${to} finance`,
        ),
      ),
    );
  return examples(sinks, 'sinks', 'sinks add postgres --url postgres://shop@localhost/results');
};

const CHANGES = [
  ['pause', 'send nothing until it is resumed; what it does not have yet is kept'],
  ['resume', 'go on where it was'],
  ['reset', 'send everything again'],
  ['remove', 'send nothing any more; what was copied stays where it is'],
] as const;

const COLUMNS = ['name', 'kind', 'address', 'state', 'views', 'behind', 'rows', 'problem'];
const NUMERIC = ['views', 'behind', 'rows'];

async function list({ shop, json, terminal }: Invocation): Promise<void> {
  const { sinks } = await perform(shop, 'sinks', {});
  if (json) return terminal.out(`${JSON.stringify(sinks, null, 2)}\n`);
  if (sinks.length === 0)
    return terminal.say('no sinks: footfall sinks add postgres --url postgres://user@host/database makes one');
  const columns = COLUMNS.map((name) => ({ name, numeric: NUMERIC.includes(name) }));
  await terminal.out(`${tableLines(columns, sinks.map(cells), (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

const cells = ({ name, kind, address, state, views, copies, error }: SinkReport): readonly string[] => [
  name,
  kind,
  address,
  state,
  String(views.length),
  copies.length === 0 ? '' : String(Math.max(...copies.map(({ behind }) => behind))),
  copies.length === 0 ? '' : String(copies.reduce((sum, { upserts, deletes }) => sum + upserts + deletes, 0)),
  error?.message ?? '',
];

async function add(
  { shop, json, terminal }: Invocation,
  [kind = '']: readonly string[],
  { url, urlFile, name, views }: AddOptions,
): Promise<void> {
  const sink = await perform(shop, 'add-sink', {
    kind,
    url: url ?? addressIn(urlFile),
    ...(name === undefined ? {} : { name }),
    ...(views === undefined ? {} : { views: [...views] }),
  });
  if (json) return terminal.out(`${JSON.stringify(sink)}\n`);
  terminal.say(
    sink.state === 'stopped'
      ? `${sink.name} copies ${sink.views.length} views to ${sink.address} while footfall up runs`
      : `${sink.name} begins to copy ${sink.views.length} views to ${sink.address}`,
  );
}

function addressIn(path: string | undefined): string {
  if (path === undefined)
    throw new FootfallError('cli.usage', { reason: 'give --url or --url-file', command: 'sinks add' });
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new FootfallError('cli.usage', { reason: `${path} cannot be read`, command: 'sinks add' }, { cause });
  }
}

async function change(
  { shop, json, terminal }: Invocation,
  name: string,
  to: (typeof CHANGES)[number][0],
): Promise<void> {
  const done = await perform(shop, 'change-sink', { name, to });
  if (json) return terminal.out(`${JSON.stringify(done)}\n`);
  terminal.say(`${name}: ${to === 'remove' ? 'removed' : to === 'reset' ? 'begins anew' : `${to}d`}`);
}
