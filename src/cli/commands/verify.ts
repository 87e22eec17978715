import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import type { VerifyReport, ViewVerdict } from '../../engine/verify.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped, secondsText } from '../output/quantity.ts';
import type { Cell } from '../output/table.ts';
import { recordLines } from '../output/table.ts';

export const verifyCommand = (): Command =>
  withSettings(
    examples(
      new Command('verify')
        .description('recompute every closed slice from the events and compare; exit code 0 only when all is equal')
        .argument('[views...]', 'only these views')
        .action(action<object>(run)),
      'verify',
      'verify conversion_funnel --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation, views: readonly string[]): Promise<number> {
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
