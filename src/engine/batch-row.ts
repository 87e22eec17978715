import { BIGINT, BOOLEAN, INTEGER, TIMESTAMP, VARCHAR } from '@duckdb/node-api';
import { appendColumns } from '../store/append.ts';
import type { Database } from '../store/database.ts';
import { int32Column, int64Column } from './columns.ts';
import { progressNote } from './progress.ts';
import type { IngestState } from './state.ts';

/** Appends the row that says where intake stands. Inside the transaction that takes it there from `previous`. */
export async function writeBatchRow(database: Database, next: IngestState, previous: IngestState): Promise<void> {
  const big = (value: number) => ({ type: BIGINT, column: int64Column([value]) });
  const noted = progressNote(next.batch, previous.progress, next.progress);
  const time = (value: number) => ({ type: TIMESTAMP, column: int64Column([value]) });
  await appendColumns(
    database.connection,
    'batch',
    [
      { type: INTEGER, column: int32Column(Int32Array.of(next.batch)) },
      next.arrival === null ? { type: TIMESTAMP, column: { kind: 'absent' } } : time(next.arrival),
      big(previous.nextSeq),
      big(next.nextSeq - previous.nextSeq),
      big(next.rejected - previous.rejected),
      big(next.late - previous.late),
      big(next.duplicates - previous.duplicates),
      next.watermark === null ? { type: BIGINT, column: { kind: 'absent' } } : big(next.watermark),
      { type: VARCHAR, column: { kind: 'text', values: [JSON.stringify(noted.entries)] } },
      { type: BOOLEAN, column: { kind: 'int8', data: Uint8Array.of(noted.whole ? 1 : 0) } },
    ],
    1,
  );
}
