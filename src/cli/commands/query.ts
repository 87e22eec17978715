import { Command } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { csvLine, isText } from '../../runtime/export/csv-line.ts';
import type { QueryInput, QueryPart } from '../../runtime/operations/query.ts';
import { perform } from '../../runtime/perform.ts';
import type { TypedColumn } from '../../runtime/rows/view-columns.ts';
import { askServer } from '../ask-server.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { type Cell, tableLines } from '../output/table.ts';
import { wholeNumber } from '../parse-option.ts';
import { type RowOptions, rowsOf, withRowOptions } from './row-options.ts';

interface Options extends RowOptions {
  readonly sql?: string;
  readonly limit?: number;
  readonly csv?: true;
  readonly server?: string;
  readonly keyFile?: string;
}

/** Rows of a table that are shown where no limit was given. */
const TABLE_ROWS = 100;
const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT|DECIMAL|DOUBLE|FLOAT)/;

export const queryCommand = (): Command =>
  withSettings(
    examples(
      withRowOptions(
        new Command('query')
          .description('rows of a view, or of a SELECT over the views')
          .argument('[view]', 'name of the view; footfall views lists them')
          .option('--sql <select>', 'a single SELECT instead of a view')
          .option('--limit <n>', 'at most so many rows', wholeNumber),
      )
        .option('--csv', 'print CSV')
        .option('--server <url>', 'ask a server by --sql, as its explorer answers')
        .option('--key-file <file>', 'file with the key for it')
        .action(action<Options>(run)),
      'query conversion_funnel --order -window_start --limit 10',
      'query brand_activity --from 2019-10-01 --to 2019-10-02 --where brand:in:samsung,apple',
      'query category_revenue --group-by day,category --from 2019-10-01 --to 2019-11-01 --zone Europe/Athens',
      'query conversion_funnel --group-by day --from 2019-10-14 --to 2019-10-21 --compare week',
      'query --sql "SELECT brand, sum(event_count) FROM brand_activity GROUP BY 1 ORDER BY 2 DESC LIMIT 5" --json',
      'query --sql "SELECT count(*) FROM enriched_events" --server https://shop.example --key-file ./analyst.key',
    ),
  );

async function run(invocation: Invocation, [view]: readonly string[], options: Options): Promise<void> {
  const asked = inputOf(view, options);
  const printer =
    options.csv === true
      ? csvPrinter(invocation)
      : invocation.json
        ? jsonPrinter(invocation)
        : tablePrinter(invocation);
  if (options.server !== undefined) {
    await fromServer(invocation, options.server, asked, options, printer);
    return printer.end();
  }
  // One row more than is shown tells whether there are more.
  const shown =
    !invocation.json && options.csv !== true && asked.limit === undefined ? { ...asked, limit: TABLE_ROWS + 1 } : asked;
  await perform(invocation.shop, 'query', shown, printer.take);
  await printer.end();
}

async function fromServer(
  { terminal }: Invocation,
  url: string,
  asked: QueryInput,
  { keyFile, limit }: Options,
  printer: Printer,
): Promise<void> {
  if (!('sql' in asked) || keyFile === undefined)
    throw new FootfallError('cli.usage', {
      reason: 'a server is asked by --sql, with the key in --key-file',
      command: 'query',
    });
  const { sql } = asked;
  const answer = await askServer({ url, keyFile }, { sql, ...(limit === undefined ? {} : { limit }) });
  await printer.take({ columns: answer.columns });
  await printer.take({ rows: answer.rows });
  if (answer.truncated !== null) terminal.say(`cut by the most ${answer.truncated} that an answer may have`);
}

function inputOf(view: string | undefined, options: Options): QueryInput {
  const { sql, limit } = options;
  const limited = limit === undefined ? {} : { limit };
  const rows = rowsOf(options);
  if (sql !== undefined) {
    if (view !== undefined || Object.keys(rows).length > 0)
      throw new FootfallError('cli.usage', {
        reason: '--sql says it all: no view and no other choice of rows goes with it',
        command: 'query',
      });
    return { sql, ...limited };
  }
  if (view === undefined)
    throw new FootfallError('cli.usage', { reason: 'name a view, or give a SELECT with --sql', command: 'query' });
  return { view, ...limited, ...rows };
}

interface Printer {
  take(part: QueryPart): Promise<void>;
  end(): Promise<void>;
}

/** A JSON array, one row a line, written as the rows come. */
function jsonPrinter({ terminal }: Invocation): Printer {
  let columns: readonly TypedColumn[] = [];
  let written = 0;
  return {
    async take(part) {
      if ('columns' in part) columns = part.columns;
      else {
        const lines = part.rows.map((row) =>
          JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null]))),
        );
        await terminal.out(`${written === 0 ? '[\n' : ',\n'}${lines.join(',\n')}`);
        written += lines.length;
      }
    },
    end: () => terminal.out(written === 0 ? '[]\n' : '\n]\n'),
  };
}

function csvPrinter({ terminal }: Invocation): Printer {
  let texts: readonly boolean[] = [];
  return {
    async take(part) {
      if ('rows' in part) return terminal.out(part.rows.map((row) => `${csvLine(row, texts)}\n`).join(''));
      const names = part.columns.map(({ name }) => name);
      texts = part.columns.map(({ type }) => isText(type));
      return terminal.out(`${csvLine(names, [])}\n`);
    },
    end: async () => undefined,
  };
}

function tablePrinter({ terminal }: Invocation): Printer {
  let columns: readonly TypedColumn[] = [];
  const rows: (readonly Cell[])[] = [];
  return {
    async take(part) {
      if ('columns' in part) columns = part.columns;
      else rows.push(...part.rows);
    },
    async end() {
      const header = columns.map(({ name, type }) => ({ name, numeric: NUMERIC.test(type) }));
      const lines = tableLines(header, rows.slice(0, TABLE_ROWS), (text) => terminal.paint('bold', text));
      await terminal.out(`${lines.join('\n')}\n`);
      const more =
        rows.length > TABLE_ROWS
          ? `the first ${TABLE_ROWS} rows; --limit N shows more`
          : `${grouped(rows.length)} row${rows.length === 1 ? '' : 's'}`;
      if (terminal.interactive || rows.length > TABLE_ROWS) terminal.say(terminal.paint('dim', more));
    },
  };
}
