import { Command } from 'commander';
import { manifestOf } from '../../runtime/storage/stored-file.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { bytesText, grouped } from '../output/quantity.ts';
import { tableLines } from '../output/table.ts';

interface Day {
  /** Null of refused rows. */
  readonly day: string | null;
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
}

/** `footfall lake`: stored events as Parquet, day by day. It reads the manifest alone: whether or not a server runs. */
export const lakeCommand = (): Command =>
  withSettings(
    examples(
      new Command('lake').description('stored events as Parquet files, by day').action(action<object>(run)),
      'lake',
      'lake --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation): Promise<void> {
  const manifest = manifestOf(shop.folder.path);
  const groups = Map.groupBy(manifest?.files ?? [], ({ day }) => day);
  const days = [...groups]
    .map(
      ([day, files]): Day => ({
        day,
        files: files.length,
        rows: files.reduce((sum, { rows }) => sum + rows, 0),
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      }),
    )
    .sort((one, other) => ((one.day ?? '') < (other.day ?? '') ? -1 : 1));
  if (json) return terminal.out(`${JSON.stringify(days, null, 2)}\n`);
  if (days.length === 0) return terminal.out('nothing was written to the lake yet: a server does, every hour\n');
  const columns = ['day', 'files', 'rows', 'size'].map((name) => ({ name, numeric: name !== 'day' }));
  const rows = days.map((each) => [each.day ?? 'refused rows', each.files, grouped(each.rows), bytesText(each.bytes)]);
  return terminal.out(`${tableLines(columns, rows, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
