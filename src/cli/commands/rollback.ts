import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { perform } from '../../runtime/perform.ts';
import { applyMeter, confirmed, reportLines } from '../apply-screen.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';

interface Options {
  readonly yes?: true;
  readonly discard?: true;
}

export const rollbackCommand = (): Command =>
  withSettings(
    examples(
      new Command('rollback')
        .description('put the definitions in force that were before the last apply')
        .option('--yes', 'without asking')
        .option('--discard', 'instead: drop the rows that are kept beside those in force')
        .action(action<Options>(run)),
      'rollback',
      'rollback --yes',
      'rollback --discard',
    ),
  );

async function run(
  { shop, json, terminal }: Invocation,
  _: readonly string[],
  { yes, discard }: Options,
): Promise<number> {
  if (
    yes !== true &&
    discard !== true &&
    !(await confirmed('go back to the definitions before the last apply?', 'rollback'))
  )
    return EXIT.failed.code;
  const meter = applyMeter(terminal, () => performance.now());
  const report = await perform(shop, 'rollback', { discard: discard === true }, meter).finally(() =>
    terminal.redraw(''),
  );
  if (json) await terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (discard === true) await terminal.out(report.changed ? 'dropped\n' : 'nothing is kept\n');
  else await terminal.out(`${reportLines(report).join('\n')}\n`);
  return EXIT.ok.code;
}
