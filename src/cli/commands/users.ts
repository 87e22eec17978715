import { Command, Option } from 'commander';
import { formatInstant } from '../../core/time.ts';
import { recorded, withAccess } from '../../runtime/access/recorded.ts';
import { SIGN_IN } from '../../runtime/access/sign-in-path.ts';
import type { AccessStore } from '../../store/access/access-store.ts';
import type { Account, AccountRole } from '../../store/access/accounts.ts';
import { packPassword } from '../../store/access/password.ts';
import { action, examples, type Invocation } from '../invocation.ts';
import { tableLines } from '../output/table.ts';
import { askPassword, pipedLine } from '../read-password.ts';

interface PasswordOptions {
  readonly link?: true;
  readonly stdin?: true;
}

const ROLES = ['read', 'analyst', 'admin'] as const satisfies readonly AccountRole[];

/** `footfall users`: the people who sign in to the server. What changes does so at once, whether or not one runs. */
export const usersCommand = (): Command => {
  const users = new Command('users').description('people who sign in to the server');
  const role = (): Option => new Option('--role <role>', 'what they may do').choices(ROLES).makeOptionMandatory();
  users.addCommand(
    examples(
      withPassword(new Command('add').description('let somebody in').argument('<name>', 'name or address'))
        .addOption(role())
        .action(action<PasswordOptions & { readonly role: AccountRole }>(add)),
      'users add ann --role admin',
      'users add bob@example.com --role read --link',
      'users add ann --role admin --stdin < password.txt',
    ),
  );
  users.addCommand(
    examples(new Command('list').description('everybody who signs in').action(action(list)), 'users list --json'),
  );
  users.addCommand(
    examples(
      new Command('role')
        .description("change somebody's role, from their next request on")
        .argument('<name>')
        .addOption(role())
        .action(action<{ readonly role: AccountRole }>(setRole)),
      'users role bob --role analyst',
    ),
  );
  users.addCommand(
    examples(
      withPassword(
        new Command('reset')
          .description('give somebody another password, and sign them out everywhere')
          .argument('<name>'),
      ).action(action<PasswordOptions>(reset)),
      'users reset bob --link',
    ),
  );
  users.addCommand(
    examples(
      new Command('remove').description('remove somebody, and sign them out').argument('<name>').action(action(remove)),
      'users remove bob',
    ),
  );
  return examples(users, 'users add ann --role admin', 'users list');
};

/** A password is never an argument: others could read it in the list of processes. */
const withPassword = (command: Command): Command =>
  command
    .option('--link', 'print a link by which they set a password themselves, once and within a day')
    .option('--stdin', 'read the password from standard input');

const now = (): number => Date.now() * 1000;

async function add(
  { shop, json, terminal }: Invocation,
  [name = '']: readonly string[],
  { role, ...how }: PasswordOptions & { readonly role: AccountRole },
): Promise<void> {
  const password = await passwordOf(how);
  // Before there is anybody without one.
  if (password !== null) await packPassword(password, name);
  const told = { action: 'user.add', details: { user: name, role } };
  const link = await recorded(shop.folder, told, (access) => {
    access.accounts.add({ name, role }, now());
    return letIn(access, name, password);
  });
  return answer({ json, terminal }, { name, role, link }, `${name} may sign in as ${role}`);
}

async function reset(
  { shop, json, terminal }: Invocation,
  [name = '']: readonly string[],
  how: PasswordOptions,
): Promise<void> {
  await withAccess(shop.folder, ({ accounts }) => accounts.get(name));
  const password = await passwordOf(how);
  const told = { action: 'user.reset', details: { user: name } };
  const link = await recorded(shop.folder, told, (access) => letIn(access, name, password));
  return answer({ json, terminal }, { name, link }, `${name} has another password, and is signed out`);
}

async function setRole(
  { shop, json, terminal }: Invocation,
  [name = '']: readonly string[],
  { role }: { readonly role: AccountRole },
): Promise<void> {
  const told = { action: 'user.role', details: { user: name, role } };
  await recorded(shop.folder, told, ({ accounts }) => accounts.setRole(name, role));
  return terminal.out(json ? `${JSON.stringify({ name, role })}\n` : `${name} has the role ${role} now\n`);
}

async function remove({ shop, json, terminal }: Invocation, [name = '']: readonly string[]): Promise<void> {
  const told = { action: 'user.remove', details: { user: name } };
  await recorded(shop.folder, told, ({ accounts }) => accounts.remove(name));
  return terminal.out(json ? `${JSON.stringify({ removed: name })}\n` : `${name} may not sign in any more\n`);
}

async function list({ shop, json, terminal }: Invocation): Promise<void> {
  const people = await withAccess(shop.folder, ({ accounts }) => accounts.list().map(shown));
  if (json) return terminal.out(`${JSON.stringify(people, null, 2)}\n`);
  const columns = ['name', 'role', 'created', 'signed in'].map((name) => ({ name, numeric: false }));
  const rows = people.map(({ name, role, created, signed_in: seen, has_password: has }) => [
    name,
    role,
    created,
    seen ?? (has ? 'never' : 'has yet to use the link'),
  ]);
  return terminal.out(`${tableLines(columns, rows, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

/** Null: they set it themselves, by a link. */
async function passwordOf({ link, stdin }: PasswordOptions): Promise<string | null> {
  if (stdin === true) return pipedLine(process.stdin);
  if (link === true || !process.stdin.isTTY) return null;
  return askPassword(process.stdin, (text) => process.stderr.write(text));
}

async function letIn({ accounts, links }: AccessStore, name: string, password: string | null) {
  if (password !== null) {
    await accounts.setPassword(name, password);
    return null;
  }
  return `${SIGN_IN}#${links.make(accounts.dropPassword(name), now())}`;
}

async function answer(
  { json, terminal }: Pick<Invocation, 'json' | 'terminal'>,
  { link, ...told }: { readonly name: string; readonly role?: AccountRole; readonly link: string | null },
  done: string,
): Promise<void> {
  if (json) return terminal.out(`${JSON.stringify({ ...told, link })}\n`);
  if (link === null) return terminal.out(`${done}\n`);
  await terminal.out(`${link}\n`);
  terminal.say(`shown this once: after the address of the server, it lets ${told.name} set a password within a day`);
}

const shown = ({ name, role, created, signedIn, hasPassword }: Account) => ({
  name,
  role,
  created: formatInstant(created),
  signed_in: signedIn === null ? null : formatInstant(signedIn),
  has_password: hasPassword,
});
