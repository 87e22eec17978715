import type { Command } from 'commander';
import type { AskedRows } from '../../runtime/rows/asked-rows.ts';
import { names } from '../parse-option.ts';

/** Which rows of a view, as options. */
export interface RowOptions {
  readonly from?: string;
  readonly to?: string;
  readonly order?: string;
  readonly columns?: string;
  readonly final?: true;
  readonly where?: readonly string[];
  readonly zone?: string;
  readonly groupBy?: string;
  readonly measures?: string;
  readonly compare?: string;
}

/** Adds the options that choose rows of a view and put them in groups. */
export const withRowOptions = (command: Command): Command =>
  command
    .option('--from <time>', 'rows whose time is at or after this')
    .option('--to <time>', 'rows whose time is before this')
    .option('--where <column:op:value>', 'rows for which this holds; may be given again', gather)
    .option('--order <columns>', 'order by these columns, - in front for descending')
    .option('--columns <names>', 'these columns only, with commas between them')
    .option('--final', 'final rows only')
    .option('--zone <zone>', 'say times in this zone, and read times without one as of it')
    .option('--group-by <keys>', 'groups: columns, and hour, day, week or month; or total')
    .option('--measures <names>', 'of groups: columns, sum:, min: or max: of them, rows')
    .option('--compare <period>', 'of groups: beside those of previous, week, year or FROM..TO');

const gather = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** What the options say, without what they do not. */
export const rowsOf = ({
  from,
  to,
  order,
  columns,
  final,
  where,
  zone,
  groupBy,
  measures,
  compare,
}: RowOptions): Omit<AskedRows, 'view'> => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(order === undefined ? {} : { order: names(order) }),
  ...(columns === undefined ? {} : { columns: names(columns) }),
  ...(final === undefined ? {} : { final }),
  ...(where === undefined ? {} : { where: [...where] }),
  ...(zone === undefined ? {} : { zone }),
  ...(groupBy === undefined ? {} : { group_by: names(groupBy) }),
  ...(measures === undefined ? {} : { measures: names(measures) }),
  ...(compare === undefined ? {} : { compare }),
});
