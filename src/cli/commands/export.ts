import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { EXPORT_FORMATS, type ExportFormat, type ExportInput } from '../../runtime/export/export-rows.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { type RowOptions, rowsOf, withRowOptions } from './row-options.ts';

interface Options extends RowOptions {
  readonly sql?: string;
  readonly format?: ExportFormat;
  readonly out?: string;
}

export const exportCommand = (): Command =>
  withSettings(
    examples(
      withRowOptions(
        new Command('export')
          .description('all rows of a view, or of a SELECT over the views, as a file')
          .argument('[view]', 'name of the view; footfall views lists them')
          .option('--sql <select>', 'a single SELECT instead of a view')
          .addOption(new Option('--format <format>', 'default: as the file is named').choices([...EXPORT_FORMATS]))
          .option('--out <file>', 'the file; without one it goes to standard output'),
      ).action(action<Options>(run)),
      'export conversion_funnel --out funnel.csv',
      'export enriched_events --from 2019-10-01 --to 2019-11-01 --where brand:eq:samsung --out events.parquet',
      'export --sql "SELECT brand, sum(event_count) AS n FROM brand_activity GROUP BY 1" --format ndjson',
    ),
  );

async function run(invocation: Invocation, [view]: readonly string[], options: Options): Promise<void> {
  const { shop, json, terminal } = invocation;
  const input = inputOf(view, options);
  const { out } = options;
  if (out === undefined) {
    await perform(shop, 'export', input, async ({ base64 }) => terminal.out(Buffer.from(base64, 'base64')));
    return;
  }
  // Under another name until it is whole.
  const part = `${out}.part`;
  const file = openSync(part, 'w');
  let bytes = 0;
  try {
    const { cursor } = await perform(shop, 'export', input, ({ base64 }) => {
      bytes += writeSync(file, Buffer.from(base64, 'base64'));
    });
    fsyncSync(file);
    renameSync(part, out);
    const report = { file: out, format: input.format, bytes, cursor };
    if (json) await terminal.out(`${JSON.stringify(report)}\n`);
    else terminal.say(`${out}: ${grouped(bytes)} bytes; changes since then: footfall changes VIEW --since ${cursor}`);
  } finally {
    closeSync(file);
    rmSync(part, { force: true });
  }
}

function inputOf(view: string | undefined, options: Options): ExportInput {
  const { sql, out } = options;
  const named = EXPORT_FORMATS.find((each) => out !== undefined && extname(out) === `.${each}`);
  const format = options.format ?? named ?? 'csv';
  const rows = rowsOf(options);
  if (sql !== undefined && (view !== undefined || Object.keys(rows).length > 0))
    throw new FootfallError('cli.usage', {
      reason: '--sql says it all: no view and no other choice of rows goes with it',
      command: 'export',
    });
  if (sql !== undefined) return { sql, format };
  if (view === undefined)
    throw new FootfallError('cli.usage', { reason: 'name a view, or give a SELECT with --sql', command: 'export' });
  return { view, ...rows, format };
}
