import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import { withAccess } from '../../runtime/access/recorded.ts';
import { parseInstant } from '../../runtime/parse-instant.ts';
import type { AuditLine } from '../../store/access/audit-log.ts';
import { action, examples, type Invocation } from '../invocation.ts';
import { tableLines } from '../output/table.ts';
import { wholeNumber } from '../parse-option.ts';

interface ListOptions {
  readonly since?: string;
  readonly until?: string;
  readonly action?: string;
  readonly limit: number;
}

const MOST_LINES = 50;

/** `footfall audit`: who did what, and whether the log is whole. */
export const auditCommand = (): Command => {
  const audit = new Command('audit')
    .description('who did what: sign-ins, keys, people, plans, repairs, erasures, queries')
    .option('--since <time>', 'from this time on')
    .option('--until <time>', 'before this time')
    .option('--action <name>', 'one action, such as sql, or a group, such as key')
    .option('--limit <n>', 'newest lines to show', wholeNumber, MOST_LINES)
    .action(action<ListOptions>(list));
  audit.addCommand(
    examples(
      new Command('verify')
        .description('look for lines that were changed or taken out')
        .option('--head <number:hash>', 'a head that was noted earlier: it has to be there still')
        .action(action<{ readonly head?: string }>(verify)),
      'audit verify',
      'audit verify --head 120:5f2c...',
    ),
  );
  return examples(audit, 'audit --since 2026-11-01', 'audit --action key --json', 'audit verify');
};

async function list(
  { shop, json, terminal }: Invocation,
  _: readonly string[],
  { since, until, action: only, limit }: ListOptions,
): Promise<void> {
  const query = {
    limit,
    ...(since === undefined ? {} : { since: parseInstant(since, '--since') }),
    ...(until === undefined ? {} : { until: parseInstant(until, '--until') }),
    ...(only === undefined ? {} : { action: only }),
  };
  const lines = await withAccess(shop.folder, ({ audit }) => audit.read(query));
  if (json) return terminal.out(`${JSON.stringify(lines.map(shown), null, 2)}\n`);
  const columns = ['number', 'at', 'who', 'from', 'action', 'outcome', 'details'].map((name) => ({
    name,
    numeric: name === 'number',
  }));
  const rows = lines.map(({ number, at, who, from, action: what, outcome, details }) => [
    number,
    formatInstant(at),
    `${who.kind} ${who.name}`,
    from,
    what,
    outcome,
    inWords(details),
  ]);
  return terminal.out(`${tableLines(columns, rows, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function verify(
  { shop, json, terminal }: Invocation,
  _: readonly string[],
  { head: noted }: { readonly head?: string },
): Promise<number> {
  const checked = await withAccess(shop.folder, ({ audit }) => audit.verify(headOf(noted)));
  const { lines, head, wrong } = checked;
  if (json) await terminal.out(`${JSON.stringify(checked)}\n`);
  else {
    for (const { number, what } of wrong) await terminal.out(`line ${number} is ${what}\n`);
    const last = head === null ? '' : `, the last one is ${head.number}:${head.hash}`;
    await terminal.out(`${lines} lines${last}\n`);
  }
  return wrong.length === 0 ? EXIT.ok.code : EXIT.failed.code;
}

function headOf(text: string | undefined): { readonly number: number; readonly hash: string } | undefined {
  if (text === undefined) return undefined;
  const [, number, hash = ''] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined) throw new FootfallError('cli.usage', { reason: `--head is no NUMBER:HASH: ${text}` });
  return { number: Number(number), hash };
}

const inWords = (details: AuditLine['details']): string =>
  Object.entries(details)
    .filter(([name]) => name !== 'request_id')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const shown = ({ at, ...line }: AuditLine) => ({ ...line, at: formatInstant(at) });
