import { CsvRow } from '../csv/csv-row.ts';
import { decodeText } from '../validate/event-writer.ts';

const BOM = [0xef, 0xbb, 0xbf];

/** Bytes of a byte order mark at the start of content: 3 or 0. */
export const bomLength = (head: Uint8Array): number => (BOM.every((byte, i) => head[i] === byte) ? 3 : 0);

/** The names in the header of a CSV file, and where its first row starts; undefined when there is no whole header. */
export const csvHeader = (
  head: Uint8Array,
  whole: boolean,
): { readonly columns: readonly string[]; readonly bodyStart: number } | undefined => {
  const row = new CsvRow();
  if (row.scan(head, bomLength(head), head.length, whole) !== 'row') return undefined;
  const columns: string[] = [];
  for (let cell = 0; cell < row.cells; cell += 1) {
    const text = decodeText(head, row.bounds[cell * 2] as number, row.bounds[cell * 2 + 1] as number);
    if (text === undefined) return undefined;
    columns.push(text.replaceAll('""', '"').trim());
  }
  return { columns, bodyStart: row.next };
};
