import { cutTo, padEnd, padStart, textWidth, visible } from './width.ts';

/** A cell of a table, in the JSON form of results. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [field: string]: Cell };

export interface TableColumn {
  readonly name: string;
  /** Numbers are aligned to the right. */
  readonly numeric: boolean;
}

/** Widest a cell is shown: longer ones end in an ellipsis. */
const WIDEST = 48;

/** How a value is shown to people. Microseconds that are all zero are left out. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (Array.isArray(cell)) return cell.map(cellText).join(', ');
  if (typeof cell === 'object') return Object.values(cell).map(cellText).join(' ');
  return visible(String(cell)).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.000000|(\.\d{6}))Z$/, '$1 $2$3');
}

/** Aligned lines: a header, then the rows. `paint` dresses the header. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  paint: (text: string) => string,
): string[] {
  const texts = rows.map((row) => row.map((cell) => cutTo(cellText(cell), WIDEST)));
  const widths = columns.map(({ name }, i) =>
    texts.reduce((widest, row) => Math.max(widest, textWidth(row[i] ?? '')), textWidth(name)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (columns[i]?.numeric === true ? padStart(cell, widths[i] ?? 0) : padEnd(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [paint(line(columns.map(({ name }) => name))), ...texts.map(line)];
}

/** Aligned lines of records: columns are the keys of the first; numeric where its value is a number. */
export function recordLines(records: readonly object[], paint: (text: string) => string): string[] {
  const [first] = records;
  if (first === undefined) return [];
  const columns = Object.entries(first).map(([name, value]) => ({ name, numeric: typeof value === 'number' }));
  return tableLines(
    columns,
    records.map((record) => Object.values(record) as Cell[]),
    paint,
  );
}
