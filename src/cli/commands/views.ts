import { Command } from 'commander';
import type { ViewDetail, ViewSummary } from '../../runtime/operations/views.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { recordLines } from '../output/table.ts';

export const viewsCommand = (): Command => {
  const show = withSettings(
    examples(
      new Command('show')
        .description('definition, columns, SQL and freshness of a view')
        .argument('<name>')
        .action(action<object>(showView)),
      'views show conversion_funnel',
    ),
  );
  const list = withSettings(new Command('list').description('all views').action(action<object>(listViews)));
  return examples(
    new Command('views').description('the views: list, show').addCommand(list, { isDefault: true }).addCommand(show),
    'views',
    'views show conversion_funnel --json',
  );
};

async function listViews({ shop, json, terminal }: Invocation): Promise<void> {
  const all = (await perform(shop, 'views', {})) as readonly ViewSummary[];
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  const shown = all.map(({ name, kind, kit, final_rows, final_until, label }) => ({
    name,
    kind,
    kit,
    final_rows,
    final_until,
    label,
  }));
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function showView({ shop, json, terminal }: Invocation, [name = '']: readonly string[]): Promise<void> {
  const view = (await perform(shop, 'views', { name })) as ViewDetail;
  if (json) return terminal.out(`${JSON.stringify(view, null, 2)}\n`);
  const heading = (text: string): string => terminal.paint('bold', text);
  const lines = [
    `${heading(view.name)}  ${view.label} (${view.kit}, ${view.kind})`,
    view.description,
    '',
    heading('Definition'),
    ...view.definition.map((line) => `  ${line}`),
    '',
    heading('Columns'),
    ...recordLines(view.columns, (text) => terminal.paint('dim', text)).map((line) => `  ${line}`),
    '',
    heading('Freshness'),
    `  final until ${view.final_until ?? '(nothing yet)'}, ${view.final_rows ?? 'no'} rows stored; open slices are computed when read`,
    '',
    heading('SQL'),
    ...view.sql.map((sql) => `  ${sql}`),
  ];
  return terminal.out(`${lines.join('\n')}\n`);
}
