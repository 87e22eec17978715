import { DuckDBBlobValue, type DuckDBConnection, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type BatchColumn, type BytesColumn, COLUMN_WIDTH } from '../core/batch.ts';

const ROWS = 2048;
/** A validity mask of 2,048 bits, all null. */
const allNull = new BigUint64Array(ROWS / 64);

/** A column to append: its DuckDB type, and where its values come from. */
export interface AppendColumn {
  readonly type: DuckDBType;
  readonly column: BatchColumn | BytesColumn;
}

/**
 * Appends `count` rows to a table, column by column, through one reused chunk: buffers are copied into DuckDB's
 * vectors as they are. Measured: a fifth of the time by rows, with 24 columns of INTEGER. Runs inside the connection's
 * open transaction.
 *
 * Caller must: give the table's columns in order, and hold the connection exclusively.
 */
export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly AppendColumn[],
  count: number,
): Promise<void> {
  if (count === 0) return;
  const [name = table, schema, catalog] = table.split('.').reverse();
  const appender = await connection.createAppender(name, schema, catalog);
  const chunk = DuckDBDataChunk.create(columns.map(({ type }) => type));
  for (let from = 0; from < count; from += ROWS) {
    const rows = Math.min(ROWS, count - from);
    chunk.reset();
    chunk.rowCount = rows;
    for (const [index, { column }] of columns.entries()) fill(chunk, index, column, from, rows);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function fill(
  chunk: DuckDBDataChunk,
  index: number,
  column: BatchColumn | BytesColumn,
  from: number,
  rows: number,
): void {
  if (column.kind === 'text') {
    chunk.setColumnValues(index, column.values.slice(from, from + rows));
    return;
  }
  if (column.kind === 'bytes') {
    chunk.setColumnValues(
      index,
      column.values.slice(from, from + rows).map((bytes) => new DuckDBBlobValue(bytes)),
    );
    return;
  }
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  if (column.kind === 'absent') {
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, allNull.buffer, 0, allNull.byteLength);
    return;
  }
  const width = COLUMN_WIDTH[column.kind];
  duckdb.copy_data_to_vector(vector, 0, column.data.buffer, column.data.byteOffset + from * width, rows * width);
  if (column.valid !== undefined) {
    const mask = new Uint8Array(ROWS / 8);
    for (let row = 0; row < rows; row++) {
      if (column.valid[from + row] === 1) mask[row >> 3] = (mask[row >> 3] ?? 0) | (1 << (row & 7));
    }
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, mask.buffer, 0, mask.byteLength);
  }
}
