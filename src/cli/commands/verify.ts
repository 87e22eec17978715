import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import type { VerifyReport, ViewVerdict } from '../../engine/verify.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped, secondsText } from '../output/quantity.ts';
import type { Cell } from '../output/table.ts';
import { recordLines } from '../output/table.ts';
import { positiveNumber } from '../parse-option.ts';
import { statusLines } from '../self-verify-lines.ts';

export const verifyCommand = (): Command =>
  withSettings(
    examples(
      new Command('verify')
        .description('recompute every closed slice from the events and compare; exit code 0 only when all is equal')
        .argument('[views...]', 'only these views')
        .option('--status', 'recompute nothing: how much the running shop has verified by itself, and what differed')
        .option('--days <n>', 'with --status: what was verified within so many days counts', positiveNumber, 7)
        .action(action<Options>(run)),
      'verify',
      'verify conversion_funnel --json',
      'verify --status --days 1',
    ),
  );

interface Options {
  readonly status?: true;
  readonly days: number;
}

async function run(invocation: Invocation, views: readonly string[], { status, days }: Options): Promise<number> {
  const { shop, json, terminal } = invocation;
  if (status === true) return showStatus(invocation, views, days);
  const onView = ({ view, rows, differences }: ViewVerdict): void => {
    if (json) return;
    const mark = differences === 0 ? terminal.paint('green', 'equal    ') : terminal.paint('red', 'DIFFERENT');
    terminal.say(
      `${mark} ${view}  ${grouped(rows)} rows${differences === 0 ? '' : `, ${grouped(differences)} differ`}`,
    );
  };
  const report = await perform(shop, 'verify', views.length === 0 ? {} : { views: [...views] }, onView);
  if (json) await terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else await terminal.out(`${summary(report).join('\n')}\n`);
  return report.equal ? EXIT.ok.code : EXIT.failed.code;
}

async function showStatus(
  { shop, json, terminal }: Invocation,
  views: readonly string[],
  days: number,
): Promise<number> {
  const report = await perform(shop, 'self-verify-status', { views: [...views], days });
  if (json) await terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else await terminal.out(`${statusLines(report, (text) => terminal.paint('bold', text)).join('\n')}\n`);
  return report.equal ? EXIT.ok.code : EXIT.failed.code;
}

function summary(report: VerifyReport): string[] {
  const rows = report.views.reduce((sum, each) => sum + each.rows, 0);
  const { raw } = report;
  const lines = [
    `${grouped(rows)} rows of ${report.views.length} views recomputed from ${grouped(raw.events)} events in ${secondsText(report.seconds)}`,
    raw.differences === 0
      ? 'the stored events are those that came in'
      : `${raw.differences} days of stored events are not those that came in`,
    report.until === null
      ? 'all slices are closed and compared'
      : `slices that were open at ${report.until} are not compared`,
    ...(report.sealed_before === null
      ? []
      : [`what happened before ${report.sealed_before} is sealed: compared with the events that there were then`]),
  ];
  for (const { view, sample } of report.views) {
    if (sample.length > 0)
      lines.push(
        '',
        `${view}, for example:`,
        ...recordLines(sample as readonly Record<string, Cell>[], (text) => text),
      );
  }
  lines.push(
    '',
    report.equal
      ? 'equal: every closed row is what the events say'
      : 'NOT EQUAL: keep the data folder as it is and report this',
  );
  return lines;
}
