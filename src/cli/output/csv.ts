import type { Cell } from './table.ts';

/** A line of CSV (RFC 4180); null is an empty cell, a list or struct is its JSON. @example csvLine(['a,b', null, 2]) // '"a,b",,2' */
export const csvLine = (cells: readonly Cell[]): string => cells.map(csvCell).join(',');

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
