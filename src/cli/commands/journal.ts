import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { lossLines, readJournalFiles, readLakeFiles, type StoredFile } from '../../runtime/storage/stored-file.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { bytesText, grouped } from '../output/quantity.ts';
import { tableLines } from '../output/table.ts';

/** `footfall journal`: what came over HTTP, as it lies on disk. It reads files alone: whether or not a server runs. */
export const journalCommand = (): Command =>
  examples(
    new Command('journal')
      .description('what came over HTTP, as it lies on disk')
      .addCommand(
        withSettings(
          examples(
            new Command('list').description('the files of the journal').action(action<object>(list)),
            'journal',
            'journal list --json',
          ),
        ),
        { isDefault: true },
      )
      .addCommand(
        withSettings(
          examples(
            new Command('verify')
              .description(
                'read every record of the journal and every file of the lake; exit code 1 when one is damaged',
              )
              .action(action<object>(verify)),
            'journal verify',
            'journal verify --json',
          ),
        ),
      ),
    'journal',
    'journal verify',
  );

async function list({ shop, json, terminal }: Invocation): Promise<void> {
  const files = await Array.fromAsync(readJournalFiles(shop.folder.path));
  if (json) return terminal.out(`${JSON.stringify(files, null, 2)}\n`);
  if (files.length === 0) return terminal.out('nothing came over HTTP yet\n');
  const columns = ['file', 'rows', 'size', 'from', 'until', 'in the lake', 'state'];
  const rows = files.map((each) => [
    each.file,
    grouped(each.rows),
    bytesText(each.bytes),
    each.first_arrival,
    each.last_arrival,
    each.in_lake === true ? 'yes' : 'no',
    each.state,
  ]);
  const named = columns.map((name) => ({ name, numeric: name === 'rows' || name === 'size' }));
  return terminal.out(`${tableLines(named, rows, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function verify({ shop: { folder }, json, terminal }: Invocation): Promise<number> {
  const files: StoredFile[] = [];
  for (const found of [readJournalFiles(folder.path), readLakeFiles(folder.path)])
    for await (const file of found) {
      files.push(file);
      if (!json) for (const line of lossLines(file)) await terminal.out(`${line}\n`);
    }
  const damaged = files.filter(({ state }) => state === 'damaged');
  const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
  if (json) await terminal.out(`${JSON.stringify({ equal: damaged.length === 0, files }, null, 2)}\n`);
  else
    await terminal.out(
      `${grouped(files.length)} files with ${bytesText(bytes)} were read; ${damaged.length === 0 ? 'none is damaged' : `${damaged.length} are damaged`}\n`,
    );
  return damaged.length === 0 ? EXIT.ok.code : EXIT.failed.code;
}
