/**
 * What a spreadsheet would run instead of showing it, after any number of apostrophes: with one more in front it is a
 * text there, and whoever takes one away again has the text as it was.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

const NO_TEXT = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL|DOUBLE|FLOAT|BOOLEAN|TIMESTAMP|DATE|TIME)/;

/** A cell as JSON has it. */
type Cell = string | number | boolean | null | readonly Cell[] | { readonly [field: string]: Cell };

/** Whether cells of a column are guarded against formulas: numbers and times stay what they are. */
export const isText = (type: string): boolean => !NO_TEXT.test(type) || type.endsWith('[]');

/**
 * A line of CSV (RFC 4180) without its end. Null is an empty cell, an empty text is quoted; a list or struct is its JSON.
 * @param texts for each cell, whether it is a text
 * @example csvLine(['=1+1', null, '', -2], [true, true, true, false]) // `'=1+1,,"",-2`
 */
export const csvLine = (cells: readonly Cell[], texts: readonly boolean[]): string =>
  cells.map((cell, i) => csvCell(cell, texts[i] ?? true)).join(',');

function csvCell(cell: Cell, isText: boolean): string {
  if (cell === null) return '';
  if (cell === '') return '""';
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  const safe = isText && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
