import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { LOG_LEVELS, type LogLevel } from '../../core/log-level.ts';
import { dataFolder } from '../../runtime/data-folder.ts';
import { parseInstant } from '../../runtime/parse-instant.ts';
import { stopSignal } from '../../runtime/stop-signal.ts';
import { isAtLeast, type LogLine, lineText } from '../../telemetry/log-line.ts';
import { followLog, readLog } from '../../telemetry/read-log.ts';
import { logFile } from '../../telemetry/rotating-file.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import type { Style, Terminal } from '../output/terminal.ts';
import { seconds, wholeNumber } from '../parse-option.ts';

interface Options {
  readonly follow?: true;
  readonly level: LogLevel;
  readonly since?: string;
  readonly lines: number;
}

export const logsCommand = (): Command =>
  withSettings(
    examples(
      new Command('logs')
        .description('what the server of a data folder has logged')
        .option('-f, --follow', 'go on with what comes, until Ctrl-C')
        .addOption(new Option('--level <level>', 'this level and above').choices(LOG_LEVELS).default('debug'))
        .option('--since <time>', 'from a time on, or for a length of time such as 10m')
        .option('--lines <n>', 'the newest so many, where no time is named', wholeNumber, 100)
        .action(action<Options>(run)),
      'logs --follow',
      'logs --level warn --since 1h --json',
    ),
  );

const STYLE: Readonly<Record<LogLevel, Style | null>> = {
  debug: 'dim',
  info: null,
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

async function run(
  { config: { values, origins }, json, terminal }: Invocation,
  _: readonly string[],
  { follow, level, since, lines }: Options,
): Promise<void> {
  const demo = join(values.data, 'demo');
  const named = existsSync(logFile(values.data, 0)) || origins.data !== 'default';
  const { path } = dataFolder(named ? values.data : demo);
  const from = since === undefined ? null : new Date(sinceOf(since)).toISOString();
  const wanted = (line: LogLine): boolean => isAtLeast(line.level, level) && (from === null || line.time >= from);
  const show = (line: LogLine): Promise<void> =>
    terminal.out(`${json ? JSON.stringify(line) : painted(line, terminal)}\n`);
  // What comes while the past is shown is not missed.
  const stop = follow === true ? stopSignal(() => undefined) : undefined;
  const coming = stop === undefined ? undefined : followLog(path, stop.signal);
  const first = coming?.next();
  const past = readLog(path).filter(wanted).toArray();
  for (const line of from === null ? past.slice(-lines) : past) await show(line);
  if (stop === undefined || coming === undefined) return;
  for (let next = await first; next?.done === false; next = await coming.next())
    if (wanted(next.value)) await show(next.value);
  stop.release();
}

/** Milliseconds. */
const sinceOf = (text: string): number =>
  /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text) ? Date.now() - seconds(text) * 1000 : parseInstant(text, '--since') / 1000;

function painted(line: LogLine, terminal: Terminal): string {
  const style = STYLE[line.level];
  return style === null ? lineText(line) : terminal.paint(style, lineText(line));
}
