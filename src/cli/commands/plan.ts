import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { recordLines } from '../output/table.ts';
import { planLines } from '../plan-lines.ts';

interface Options {
  readonly detailedExitcode?: true;
}

export const planCommand = (): Command => {
  const history = withSettings(
    examples(
      new Command('history')
        .description('definitions that were put in force, oldest first')
        .action(action<object>(listHistory)),
      'plan history',
    ),
  );
  const show = withSettings(
    new Command('show')
      .description('what would change')
      .option('--detailed-exitcode', 'answer 1 when there is something to apply')
      .action(action<Options>(showPlan)),
  );
  return examples(
    new Command('plan')
      .description('what footfall apply would change: views, columns, the days that move; nothing is written')
      .addCommand(show, { isDefault: true })
      .addCommand(history),
    'plan',
    'plan --json',
    'plan --detailed-exitcode || footfall apply --yes',
    'plan history',
  );
};

async function showPlan(
  { shop, json, terminal }: Invocation,
  _: readonly string[],
  { detailedExitcode }: Options,
): Promise<number> {
  const plan = await perform(shop, 'plan', { zone: shop.settings.zone, views: [...shop.views] });
  if (json) await terminal.out(`${JSON.stringify(plan, null, 2)}\n`);
  else await terminal.out(`${planLines(plan, terminal).join('\n')}\n`);
  const pending = plan.views.length > 0 || plan.zone !== null;
  return pending && detailedExitcode === true ? EXIT.failed.code : EXIT.ok.code;
}

async function listHistory({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'plan-history', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  const shown = all.map(({ changed, in_force: inForce, ...each }) => ({
    ...each,
    changed: changed.join(', '),
    in_force: inForce ? 'yes' : '',
  }));
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
