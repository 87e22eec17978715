import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import type { ServerStatus } from '../../runtime/operations/server-status.ts';
import { findServedFolder } from '../../runtime/serve/find-server.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { bytesText, grouped, secondsText } from '../output/quantity.ts';
import { padEnd } from '../output/width.ts';

export const statusCommand = (): Command =>
  withSettings(
    examples(
      new Command('status')
        .description('whether a server runs, and how it is; exit code 1 when none does, or it is not ready')
        .action(action<object>(run)),
      'status',
      'status --data ./shop --json',
    ),
  );

async function run({ config, json, terminal }: Invocation): Promise<number> {
  const { folder, found } = await findServedFolder(config);
  const data = folder.path;
  if (found.state !== 'running') {
    const pid = found.state === 'silent' ? found.pid : null;
    const words =
      pid === null
        ? `nothing runs on ${data}`
        : `process ${pid} owns ${data} and does not answer: footfall stop ends it`;
    await terminal.out(json ? `${JSON.stringify({ running: pid !== null, ready: false, pid, data })}\n` : `${words}\n`);
    return EXIT.failed.code;
  }
  const { status } = found;
  if (json) await terminal.out(`${JSON.stringify({ running: true, data, ...status }, null, 2)}\n`);
  else {
    const lines = linesOf(status, data);
    const width = Math.max(...lines.map(([name]) => name.length));
    await terminal.out(
      lines.map(([name, text]) => `${terminal.paint('dim', padEnd(name, width))}  ${text}\n`).join(''),
    );
  }
  return status.ready ? EXIT.ok.code : EXIT.failed.code;
}

const linesOf = (status: ServerStatus, data: string): readonly (readonly [string, string])[] => [
  ['state', status.ready ? (status.url === null ? 'running' : 'ready') : `not ready: ${status.reasons.join('; ')}`],
  ['address', status.url ?? 'none: it does not serve'],
  ['data', data],
  ['process', `${status.pid}, footfall ${status.version}, up ${secondsText(status.uptime_seconds)}`],
  ['events', `${grouped(status.events)}, ${status.events_per_second}/s`],
  [
    'watermark',
    status.watermark_lag_seconds === null
      ? 'none yet'
      : `${secondsText(status.watermark_lag_seconds)} behind the clock`,
  ],
  ['waiting', `${grouped(status.journal_backlog_rows)} rows of the journal`],
  ['memory', bytesText(status.resident_mb * 1e6)],
  ['disk', `${bytesText(status.disk_bytes)}, ${bytesText(status.disk_free_bytes)} free`],
  [
    'verified',
    status.last_verified === null
      ? 'not yet'
      : `last at ${status.last_verified.slice(0, 19)}Z, ${status.differing === 0 ? 'all equal' : `${status.differing} stretches differ: footfall verify --status`}`,
  ],
];
