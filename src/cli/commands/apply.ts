import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { perform } from '../../runtime/perform.ts';
import { applyMeter, confirmed, reportLines } from '../apply-screen.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { planLines } from '../plan-lines.ts';

interface Options {
  readonly yes?: true;
}

export const applyCommand = (): Command =>
  withSettings(
    examples(
      new Command('apply')
        .description(
          'put the declared views and zone in force: rows are computed beside the old ones, checked, then switched',
        )
        .option('--yes', 'without showing the plan and asking')
        .action(action<Options>(run)),
      'apply',
      'apply --yes --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation, _: readonly string[], { yes }: Options): Promise<number> {
  const declared = { zone: shop.settings.zone, views: [...shop.views] };
  if (yes !== true) {
    const plan = await perform(shop, 'plan', declared);
    for (const line of planLines(plan, terminal)) terminal.say(line);
    const pending = plan.views.length > 0 || plan.zone !== null;
    if (pending && !(await confirmed('apply?', 'apply'))) return EXIT.failed.code;
  }
  const meter = applyMeter(terminal, () => performance.now());
  const report = await perform(shop, 'apply', declared, meter).finally(() => terminal.redraw(''));
  if (json) await terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else await terminal.out(`${reportLines(report).join('\n')}\n`);
  return EXIT.ok.code;
}
