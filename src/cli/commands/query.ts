import { Command } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { QueryColumn, QueryInput, QueryPart } from '../../runtime/operations/query.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { csvLine } from '../output/csv.ts';
import { grouped } from '../output/quantity.ts';
import { type Cell, tableLines } from '../output/table.ts';
import { wholeNumber } from '../parse-option.ts';

interface Options {
  readonly sql?: string;
  readonly limit?: number;
  readonly from?: string;
  readonly to?: string;
  readonly order?: string;
  readonly columns?: string;
  readonly final?: true;
  readonly csv?: true;
}

/** Rows of a table that are shown where no limit was given. */
const TABLE_ROWS = 100;
const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT|DECIMAL|DOUBLE|FLOAT)/;

export const queryCommand = (): Command =>
  withSettings(
    examples(
      new Command('query')
        .description('rows of a view, or of a SELECT over the views')
        .argument('[view]', 'name of the view; footfall views lists them')
        .option('--sql <select>', 'a single SELECT instead of a view')
        .option('--limit <n>', 'at most so many rows', wholeNumber)
        .option('--from <time>', 'rows whose time is at or after this')
        .option('--to <time>', 'rows whose time is before this')
        .option('--order <columns>', 'order by these columns, - in front for descending')
        .option('--columns <names>', 'these columns only, with commas between them')
        .option('--final', 'final rows only')
        .option('--csv', 'print CSV')
        .action(action<Options>(run)),
      'query conversion_funnel --order -window_start --limit 10',
      'query brand_activity --from 2019-10-01 --to 2019-10-02 --columns window_start,brand,total_revenue',
      'query --sql "SELECT brand, sum(event_count) FROM brand_activity GROUP BY 1 ORDER BY 2 DESC LIMIT 5" --json',
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
  // One row more than is shown tells whether there are more.
  const shown =
    !invocation.json && options.csv !== true && asked.limit === undefined ? { ...asked, limit: TABLE_ROWS + 1 } : asked;
  await perform(invocation.shop, 'query', shown, printer.take);
  await printer.end();
}

function inputOf(view: string | undefined, { sql, limit, from, to, order, columns, final }: Options): QueryInput {
  const limited = limit === undefined ? {} : { limit };
  if (sql !== undefined) {
    const more = view !== undefined || [from, to, order, columns, final].some((each) => each !== undefined);
    if (more)
      throw new FootfallError('cli.usage', {
        reason: '--sql says it all: no view and no other choice of rows goes with it',
        command: 'query',
      });
    return { sql, ...limited };
  }
  if (view === undefined)
    throw new FootfallError('cli.usage', { reason: 'name a view, or give a SELECT with --sql', command: 'query' });
  return {
    view,
    ...limited,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(order === undefined ? {} : { order: names(order) }),
    ...(columns === undefined ? {} : { columns: names(columns) }),
    ...(final === undefined ? {} : { final }),
  };
}

const names = (text: string): string[] => text.split(',').map((name) => name.trim());

interface Printer {
  take(part: QueryPart): Promise<void>;
  end(): Promise<void>;
}

/** A JSON array, one row a line, written as the rows come. */
function jsonPrinter({ terminal }: Invocation): Printer {
  let columns: readonly QueryColumn[] = [];
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
  return {
    take: (part) =>
      terminal.out(
        'columns' in part
          ? `${csvLine(part.columns.map(({ name }) => name))}\n`
          : part.rows.map((row) => `${csvLine(row)}\n`).join(''),
      ),
    end: async () => undefined,
  };
}

function tablePrinter({ terminal }: Invocation): Printer {
  let columns: readonly QueryColumn[] = [];
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
