import { Command, Option } from 'commander';
import { ROLES, type Role } from '../../core/role.ts';
import { formatInstant } from '../../core/time.ts';
import { recorded, withAccess } from '../../runtime/access/recorded.ts';
import { type ApiKey, recognisable } from '../../store/api-keys.ts';
import { action, examples, type Invocation } from '../invocation.ts';
import { tableLines } from '../output/table.ts';
import { seconds } from '../parse-option.ts';

interface CreateOptions {
  readonly role: Role;
  readonly name: string;
  readonly expires?: number;
}

const ENDED = 'ended';

/** `footfall keys`: what programs show to the server. They take effect at once, whether or not one runs. */
export const keysCommand = (): Command => {
  const keys = new Command('keys').description('keys for programs that send events or read results');
  keys.addCommand(
    examples(
      new Command('create')
        .description('make a key: it is shown once')
        .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
        .option('--name <name>', 'what it is for', 'unnamed')
        .option('--expires <time>', 'it ends by itself after this, such as 90d', seconds)
        .action(action<CreateOptions>(create)),
      'keys create --role ingest --name "web shop"',
      'keys create --role read --expires 90d --json',
    ),
  );
  keys.addCommand(
    new Command('list').description('all keys, without what would let anybody use them').action(action(list)),
  );
  keys.addCommand(
    examples(
      new Command('rotate')
        .description('make another key in place of one, with the same name, role and expiry')
        .argument('<key>', 'its id or its beginning')
        .option('--overlap <time>', 'how long the former one is still valid, such as 1h', seconds, 0)
        .action(action<{ readonly overlap: number }>(rotate)),
      'keys rotate ff_ingest_Xy12 --overlap 24h',
    ),
  );
  keys.addCommand(
    examples(
      new Command('revoke')
        .description('end a key')
        .argument('<key>', 'its id or its beginning')
        .action(action(revoke)),
      'keys revoke ff_ingest_hT3vXw9kQbNc',
    ),
  );
  return examples(keys, 'keys create --role ingest', 'keys list');
};

const now = (): number => Date.now() * 1000;

async function create(
  invocation: Invocation,
  _: readonly string[],
  { role, name, expires }: CreateOptions,
): Promise<void> {
  const { shop, json, terminal } = invocation;
  const told = { action: 'key.create', details: { name, role } };
  const ends = expires === undefined ? {} : { expires: now() + expires * 1e6 };
  const made = await recorded(shop.folder, told, ({ keys }) => keys.create({ role, name, ...ends }, now()));
  const { key, id } = made;
  await terminal.out(
    json ? `${JSON.stringify({ key, id, role, name, expires: instant(made.expires) })}\n` : `${key}\n`,
  );
  if (!json) terminal.say('it is shown this once; send it as Authorization: Bearer KEY');
}

async function list(invocation: Invocation): Promise<void> {
  const { shop, json, terminal } = invocation;
  const keys = await withAccess(shop.folder, (access) => access.keys.list());
  if (json) return terminal.out(`${JSON.stringify(keys.map(shown), null, 2)}\n`);
  const columns = ['prefix', 'role', 'name', 'created', 'expires'].map((name) => ({ name, numeric: false }));
  const rows = keys.map((key) => {
    const { prefix, role, name, created, expires, revoked } = shown(key);
    return [prefix, role, name, created, revoked === null ? expires : ENDED];
  });
  return terminal.out(`${tableLines(columns, rows, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function rotate(
  { shop, json, terminal }: Invocation,
  [former = '']: readonly string[],
  { overlap }: { readonly overlap: number },
): Promise<void> {
  const told = { action: 'key.rotate', details: { former: recognisable(former) } };
  const made = await recorded(shop.folder, told, ({ keys }) => keys.rotate(former, overlap * 1e6, now()));
  const expires = instant(made.expires);
  await terminal.out(json ? `${JSON.stringify({ ...made, expires })}\n` : `${made.key}\n`);
  if (!json) terminal.say('it is shown this once; send it as Authorization: Bearer KEY');
  if (!json && expires !== null) terminal.say(`it ends at ${expires}, as the former one would have`);
}

async function revoke(invocation: Invocation, [key = '']: readonly string[]): Promise<void> {
  const { shop, json, terminal } = invocation;
  const told = { action: 'key.revoke', details: { key: recognisable(key) } };
  await recorded(shop.folder, told, ({ keys }) => keys.revoke(key, now()));
  await terminal.out(json ? `${JSON.stringify({ revoked: 1 })}\n` : 'it is not valid any more\n');
}

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const shown = ({ id, name, role, prefix, created, expires, revoked }: ApiKey) => ({
  id,
  name,
  role,
  prefix,
  created: formatInstant(created),
  expires: instant(expires),
  revoked: instant(revoked),
});
