import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { findServedFolder } from '../../runtime/serve/find-server.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { askServer, type ServerAnswer } from '../send-file.ts';

interface Options {
  readonly server?: string;
  readonly name?: string;
  readonly map?: string;
  readonly format?: string;
}

const LOOK_EVERY = 500;

export const importCommand = (): Command =>
  withSettings(
    examples(
      new Command('import')
        .description(
          'send a file of events to a running server, and wait until it is imported; FOOTFALL_KEY is an admin key',
        )
        .argument('<file>', 'CSV, NDJSON or Parquet, also gzip or zstd')
        .option('--server <url>', 'the server; default: the one that serves the data folder')
        .option('--name <name>', 'what the import is called; default: the name of the file')
        .option('--map <field=column>', 'columns that hold fields, with commas between them')
        .option('--format <name>', 'csv, ndjson or parquet, where the file does not tell')
        .action(action<Options>(run)),
      'import oct.csv.gz',
      'import oct.csv --server https://shop.example --name oct --map event_time=ts',
    ),
  );

async function run(
  { config, json, terminal }: Invocation,
  [file = '']: readonly string[],
  { server, name = basename(file), map, format }: Options,
): Promise<number> {
  const key = process.env['FOOTFALL_KEY'];
  if (key === undefined)
    throw new FootfallError('cli.usage', { reason: 'the variable FOOTFALL_KEY has no admin key', command: 'import' });
  const url = new URL(`/v1/imports/${encodeURIComponent(name)}`, server ?? (await servedAt(config)));
  const sending = new URL(url);
  if (map !== undefined) sending.searchParams.set('map', map);
  if (format !== undefined) sending.searchParams.set('format', format);
  let status = await askServer(sending, { key, method: 'PUT', file });
  try {
    while (status['status'] === 'waiting' || status['status'] === 'running') {
      terminal.redraw(progressLine(status));
      await sleep(LOOK_EVERY);
      status = await askServer(url, { key });
    }
  } finally {
    terminal.redraw('');
  }
  if (json) await terminal.out(`${JSON.stringify(status, null, 2)}\n`);
  else
    await terminal.out(
      `${name}: ${String(status['status'])}, ${grouped(Number(status['events']))} events, ${grouped(Number(status['rejected']))} refused\n`,
    );
  return status['status'] === 'done' ? EXIT.ok.code : EXIT.failed.code;
}

function progressLine(status: ServerAnswer): string {
  const { share = 0, events_per_second: rate = 0 } = (status['progress'] ?? {}) as Readonly<Record<string, number>>;
  return `${Math.round(Number(share) * 100)} %, ${grouped(Number(rate))} events/s`;
}

async function servedAt(config: Invocation['config']): Promise<string> {
  const { folder, found } = await findServedFolder(config);
  const url = found.state === 'running' ? found.status.url : null;
  if (url !== null) return url;
  const reason = `no server serves ${folder.path}: name one with --server, or read the file with footfall replay`;
  throw new FootfallError('cli.usage', { reason, command: 'import' });
}
