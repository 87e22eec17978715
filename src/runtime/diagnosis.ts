import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { basename, dirname } from 'node:path';
import { bytesOf } from '../config/bytes.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { LIVE } from '../engine/protocol/schedule.ts';
import { wholeCopy } from '../journal/fact-copy.ts';
import { FactLog } from '../journal/fact-log.ts';
import { withAccess } from './access/recorded.ts';
import { askOwner } from './control-client.ts';
import { hasShop } from './data-folder.ts';
import { type OpenShop, openShop, type ShopOptions } from './open-shop.ts';
import { type SelfVerifyStatus, selfVerifyStatus } from './operations/self-verify-status.ts';
import { type StatusReport, statusOf } from './operations/status.ts';
import { knownDamage, readScrub } from './storage/scrub.ts';
import { lossLines } from './storage/stored-file.ts';
import { versions } from './versions.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do about it; null where nothing has to be done. */
  readonly hint: string | null;
}

const GIGABYTE = 1e9;
/** libuv threads that DuckDB's results share with file reads. */
const POOL = 8;

const finding = (check: string, verdict: Finding['verdict'], found: string, hint: string | null = null): Finding => ({
  check,
  verdict,
  found,
  hint: verdict === 'ok' ? null : hint,
});

/** Looks at everything that has to be right for a shop to run. Changes nothing but what opening the shop changes. */
export async function diagnose(options: ShopOptions): Promise<Finding[]> {
  return [
    node(),
    library(),
    pool(),
    folder(options),
    disk(options),
    memory(options),
    threads(options),
    ...(await database(options)),
    facts(options),
    journalAndLake(options),
    await auditLog(options),
  ];
}

/** Whether lines of the audit log were changed or taken out. */
async function auditLog({ folder }: ShopOptions): Promise<Finding> {
  if (!existsSync(folder.control)) return finding('audit log', 'ok', 'nothing was written yet');
  try {
    const { lines, wrong } = await withAccess(folder, ({ audit }) => audit.verify());
    const first = wrong[0];
    if (first === undefined) return finding('audit log', 'ok', `${lines} lines`);
    return finding('audit log', 'fail', `line ${first.number} is ${first.what}`, 'footfall audit verify tells of all');
  } catch (error) {
    const { message, hint } = FootfallError.from(error);
    return finding('audit log', 'fail', message, hint);
  }
}

/** What the scrub of a server has found. */
function journalAndLake({ folder: { path } }: ShopOptions): Finding {
  const damaged = knownDamage(readScrub(path));
  return finding(
    'journal and lake',
    damaged.length === 0 ? 'ok' : 'fail',
    damaged.length === 0 ? 'nothing is known to be damaged' : damaged.flatMap(lossLines).join('; '),
    'footfall journal verify reads all of it; put what is damaged back from a copy',
  );
}

function node(): Finding {
  const { node: found } = process.versions;
  return finding(
    'node',
    found.startsWith('24.') ? 'ok' : 'warn',
    found,
    'run Footfall by bin/footfall, which brings Node 24',
  );
}

function library(): Finding {
  return finding('duckdb', 'ok', versions().duckdb);
}

function pool(): Finding {
  const size = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  return finding(
    'UV_THREADPOOL_SIZE',
    size >= POOL ? 'ok' : 'warn',
    String(size),
    `start by bin/footfall, or set it to ${POOL} or more: results wait behind file reads otherwise`,
  );
}

function folder({ folder: { path } }: ShopOptions): Finding {
  const existing = existsSync(path) ? path : nearest(path);
  try {
    accessSync(existing, constants.W_OK);
    return finding('data folder', 'ok', existsSync(path) ? path : `${path} (will be made)`);
  } catch {
    return finding(
      'data folder',
      'fail',
      `${existing} cannot be written`,
      'give this user the right to write there, or name another folder with --data',
    );
  }
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));

function disk({ folder: { path } }: ShopOptions): Finding {
  const { bavail, bsize } = statfsSync(nearest(path));
  const free = bavail * bsize;
  const verdict = free > 5 * GIGABYTE ? 'ok' : free > GIGABYTE ? 'warn' : 'fail';
  return finding(
    'disk space',
    verdict,
    `${(free / GIGABYTE).toFixed(1)} GB free`,
    'free some space: sorting and joining may need several GB',
  );
}

function memory({ memoryLimit }: ShopOptions): Finding {
  const limit = bytesOf(memoryLimit);
  const found = `limit ${memoryLimit}, ${(totalmem() / GIGABYTE).toFixed(1)} GB in the machine, ${(freemem() / GIGABYTE).toFixed(1)} GB free`;
  return finding(
    'memory',
    limit < totalmem() * 0.8 ? 'ok' : 'warn',
    found,
    'lower it with --memory-limit: the limit is for the database alone',
  );
}

function threads({ threads: wanted }: ShopOptions): Finding {
  const cores = availableParallelism();
  return finding(
    'threads',
    wanted <= cores ? 'ok' : 'warn',
    `${wanted} of ${cores} cores`,
    'more threads than cores only cost memory',
  );
}

async function database(options: ShopOptions): Promise<Finding[]> {
  if (!hasShop(options.folder)) return [finding('database', 'ok', 'none yet')];
  const asked = await askOwner(options.folder, 'status', {}, () => undefined);
  if (asked.answered) {
    const verified = await askOwner(options.folder, 'self-verify-status', SELF_VERIFIED, () => undefined);
    return [
      finding('lock', 'ok', `owned by process ${asked.output.pid}, which answers`),
      ...state(asked.output),
      ...(verified.answered ? [selfVerified(verified.output)] : []),
    ];
  }
  let open: OpenShop;
  try {
    open = await openShop(options, LIVE, 'stored');
  } catch (error) {
    const { message, hint } = FootfallError.from(error);
    return [finding('database', 'fail', message, hint)];
  }
  try {
    return [
      finding('lock', 'ok', 'free'),
      await migrations(open),
      await integrity(open),
      ...state(statusOf(open.shop)),
      selfVerified(await selfVerifyStatus.run(open, SELF_VERIFIED, () => undefined)),
      size(options),
    ];
  } finally {
    await open.close();
  }
}

/** What is asked of the running verification: all views, a week. */
const SELF_VERIFIED = { views: [], days: 7 };

function selfVerified({ share, equal, views }: SelfVerifyStatus): Finding {
  const part = share === null ? 'nothing is closed yet' : `${Math.floor(share * 100)} % of the history in 7 days`;
  const differing = views.flatMap(({ view, differing: found }) => (found.length === 0 ? [] : [view]));
  return finding(
    'self-verify',
    equal ? 'ok' : 'fail',
    equal ? part : `${part}; rows differ from their events in ${differing.join(', ')}`,
    'footfall verify --status lists what differs; keep the data folder as it is and report it',
  );
}

async function migrations({ shop }: OpenShop): Promise<Finding> {
  const applied = Number((await shop.database.one('SELECT max(number) AS n FROM migration'))?.['n']);
  const known = readdirSync(new URL('../store/migrations/', import.meta.url)).filter((name) =>
    name.endsWith('.sql'),
  ).length;
  return finding(
    'migrations',
    applied === known ? 'ok' : 'fail',
    `${applied} of ${known}`,
    'start Footfall once with the right to write',
  );
}

/** What the state says against what the tables hold. */
async function integrity({ shop }: OpenShop): Promise<Finding> {
  const row = await shop.database.one(
    'SELECT (SELECT count(*) FROM raw) AS raw, (SELECT coalesce(sum(events), 0) FROM batch)::BIGINT AS batches, (SELECT count(*) FROM quarantine) AS quarantine, (SELECT coalesce(sum(rejected), 0) FROM batch)::BIGINT AS rejected',
  );
  const [raw, batches, kept, rejected] = ['raw', 'batches', 'quarantine', 'rejected'].map((name) =>
    Number(row?.[name]),
  );
  const equal = raw === batches && kept === rejected;
  return finding(
    'state',
    equal ? 'ok' : 'fail',
    `${raw} events stored, ${batches} taken in; ${kept} in quarantine, ${rejected} refused`,
    'move the folder aside and replay the sources into a new one',
  );
}

function state({ events, watermark, generation, epoch, unconverted }: StatusReport): Finding[] {
  return [
    finding(
      'shop',
      'ok',
      `${events} events, watermark ${watermark ?? 'not yet'}, epoch ${epoch} of generation ${generation}`,
    ),
    finding(
      'rates',
      unconverted === 0 ? 'ok' : 'warn',
      `${unconverted} events with money that is not converted`,
      'load the rates of their currencies and days: footfall dimensions load rates FILE',
    ),
  ];
}

/** Every line, and every file that one names. */
function facts({ folder: { path } }: ShopOptions): Finding {
  const log = FactLog.in(path);
  try {
    const all = log.read();
    for (const [index, fact] of all.entries()) if ('file' in fact) wholeCopy(path, fact, index + 1);
    const torn = existsSync(path)
      ? readdirSync(path).filter((name) => name.startsWith(`${basename(log.path)}.torn`))
      : [];
    const found = `${all.length} on disk`;
    if (torn.length === 0) return finding('facts', 'ok', found);
    return finding(
      'facts',
      'warn',
      `${found}; cut off while written, and never counted: ${torn.join(', ')}`,
      'if a dimension was being loaded then, load it again; then delete what was set aside',
    );
  } catch (error) {
    const { message, hint } = FootfallError.from(error);
    return finding('facts', 'fail', message, hint);
  }
}

function size({ folder }: ShopOptions): Finding {
  const bytes =
    statSync(folder.database).size + (statSync(`${folder.database}.wal`, { throwIfNoEntry: false })?.size ?? 0);
  return finding('size', 'ok', `${(bytes / 1e6).toFixed(0)} MB`);
}
