import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { recordLines } from '../output/table.ts';

const KINDS = ['product', 'user', 'rates', 'stock'] as const;

export const dimensionsCommand = (): Command => {
  const list = withSettings(new Command('list').description('what is loaded').action(action<object>(listDimensions)));
  const load = withSettings(
    examples(
      new Command('load')
        .description(
          'load a CSV with a header; a column valid_from (of stock: counted_at) dates its rows, else they hold from now on',
        )
        .addArgument(new Argument('<dimension>', 'which one').choices(KINDS))
        .argument(
          '<file>',
          'product: product_id, category_name, ...; user: user_id, ...; rates: date, currency, rate; stock: product_id, stock, counted_at',
        )
        .action(action<object>(loadFile)),
      'dimensions load product products.csv',
      'dimensions load user users.csv --data ./shop',
      'dimensions load rates rates.csv',
      'dimensions load stock stock.csv',
    ),
  );
  return examples(
    new Command('dimensions')
      .description('product catalogue, user dimension, currency rates and stock counts: list, load')
      .addCommand(list, { isDefault: true })
      .addCommand(load),
    'dimensions',
    'dimensions load product products.csv',
  );
};

async function listDimensions({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'dimensions', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (all.length === 0) return terminal.out('no dimension is loaded\n');
  return terminal.out(`${recordLines(all, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function loadFile(
  { shop, json, terminal }: Invocation,
  [dimension, file = '']: readonly string[],
): Promise<void> {
  // Told before a data folder is made for nothing.
  if (!existsSync(file)) throw new FootfallError('source.missing', { path: file });
  const outcome = await perform(shop, 'load-dimension', {
    dimension: KINDS.find((kind) => kind === dimension) ?? 'product',
    file: resolve(file),
  });
  if (json) return terminal.out(`${JSON.stringify(outcome, null, 2)}\n`);
  const { dimension: kind, rows, changed, events } = outcome;
  const what = kind === 'rates' ? 'have other money' : 'have another category';
  const effect = kind === 'stock' ? '' : `; ${grouped(events)} events ${what} now`;
  return terminal.out(`${grouped(rows)} rows read, ${grouped(changed)} new or changed${effect}\n`);
}
