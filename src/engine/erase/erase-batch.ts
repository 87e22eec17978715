import { type BatchColumn, COLUMN_WIDTH, type EventBatch, type Rejected } from '../../core/batch.ts';
import { putUuid } from '../../source/columns/uuid.ts';
import type { ViewPlan } from '../../view/view.ts';
import { asText } from '../columns.ts';
import { keepBatchRows } from '../merge-batches.ts';
import { ID_FIELDS, keptProperties, readProperties, TEXT_FIELDS, WORD_FIELDS } from './erased-fields.ts';
import { type Tombstones, type Verdict, verdictOf } from './tombstones.ts';

const NOTHING = new Uint8Array(0);

/**
 * A batch as it is taken in where people were erased: their events are gone, or nobody's any more, and of refused rows
 * that name them nothing is kept. The given batch stays as it is.
 *
 * @param views whose properties are kept, where they say nothing of anybody
 */
export function eraseBatch(batch: EventBatch, tombstones: Tombstones, views: readonly ViewPlan[]): EventBatch {
  if (tombstones.empty) return batch;
  const rejected = batch.rejected.map((row) => eraseRefused(row, tombstones));
  const verdicts = verdictsOf(batch, tombstones);
  if (verdicts.size === 0)
    return rejected.every((row, i) => row === batch.rejected[i]) ? batch : { ...batch, rejected };
  const gone = (row: number): boolean => {
    const verdict = verdicts.get(row);
    return verdict?.is === 'theirs' && verdict.stone.mode === 'remove';
  };
  const columns: Record<string, BatchColumn> = { ...batch.columns };
  for (const name of ID_FIELDS) columns[name] = renamed(columns[name], name, verdicts, tombstones);
  const theirs = [...verdicts].flatMap(([row, { is }]) => (is === 'theirs' ? [row] : []));
  for (const name of [...TEXT_FIELDS, ...WORD_FIELDS]) columns[name] = without(columns[name], theirs);
  columns['properties'] = withoutProperties(columns['properties'], theirs, readProperties(views));
  const changed = { ...batch, columns, rejected };
  const rows = Array.from({ length: batch.count }, (_, row) => row).filter((row) => !gone(row));
  return rows.length === batch.count ? changed : { ...keepBatchRows(changed, rows), rejected };
}

/** Of a refused row that names an erased person only place and reason are kept. */
export const eraseRefused = (row: Rejected, tombstones: Tombstones): Rejected =>
  tombstones.within(Buffer.from(row.bytes).toString('utf8')) || tombstones.within(row.message)
    ? { ...row, bytes: NOTHING, message: 'erased' }
    : row;

function verdictsOf({ count, columns, time }: EventBatch, tombstones: Tombstones): ReadonlyMap<number, Verdict> {
  const texts = (name: string) => {
    const column = columns[name];
    const text = column === undefined ? undefined : asText(column);
    return text?.kind === 'text' ? text.values : undefined;
  };
  const [users, anonymous, sessions] = [texts('user_id'), texts('anonymous_id'), texts('session_id')];
  const verdicts = new Map<number, Verdict>();
  for (let row = 0; row < count; row += 1) {
    const ids = { user: users?.[row] ?? null, anonymous: anonymous?.[row] ?? null, session: sessions?.[row] ?? null };
    const verdict = verdictOf(tombstones, ids, time[row] as number);
    if (verdict !== null) verdicts.set(row, verdict);
  }
  return verdicts;
}

/** Ids of a column with those of erased people replaced; of who was only beside them, nothing but the session. */
function renamed(
  column: BatchColumn | undefined,
  name: string,
  verdicts: ReadonlyMap<number, Verdict>,
  tombstones: Tombstones,
): BatchColumn {
  if (column === undefined || column.kind === 'absent') return { kind: 'absent' };
  const texts = asText(column);
  if (texts.kind !== 'text') return column;
  const values = new Map<number, string>();
  for (const [row, { is, stone }] of verdicts) {
    const id = texts.values[row] ?? null;
    if (id !== null && (is === 'theirs' || name === 'session_id')) values.set(row, tombstones.surrogate(stone, id));
  }
  if (column.kind === 'text')
    return { kind: 'text', values: column.values.map((value, row) => values.get(row) ?? value) };
  const data = column.data.slice();
  const view = new DataView(data.buffer);
  for (const [row, value] of values) {
    if (column.kind === 'int64') view.setBigInt64(row * COLUMN_WIDTH.int64, BigInt(value), true);
    else if (column.kind === 'uuid') writeUuid(data, row, value);
    else return { kind: 'text', values: texts.values.map((text, i) => values.get(i) ?? text) };
  }
  return { ...column, data };
}

function writeUuid(data: Uint8Array<ArrayBuffer>, row: number, value: string): void {
  const bytes = new Uint8Array(value.length + 16);
  bytes.set(Buffer.from(value));
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  if (!putUuid(words, row, new DataView(bytes.buffer), 0)) throw new Error(`${value} is no UUID`);
}

function without(column: BatchColumn | undefined, rows: readonly number[]): BatchColumn {
  if (column === undefined || column.kind === 'absent') return { kind: 'absent' };
  if (column.kind === 'text') {
    const values = [...column.values];
    for (const row of rows) values[row] = null;
    return { kind: 'text', values };
  }
  const valid = column.valid?.slice() ?? new Uint8Array(column.data.byteLength / COLUMN_WIDTH[column.kind]).fill(1);
  for (const row of rows) valid[row] = 0;
  return { ...column, valid };
}

function withoutProperties(
  column: BatchColumn | undefined,
  rows: readonly number[],
  read: ReadonlySet<string>,
): BatchColumn {
  if (column?.kind !== 'text') return { kind: 'absent' };
  const values = [...column.values];
  for (const row of rows) {
    const given = values[row] ?? null;
    values[row] = given === null ? null : keptProperties(given, read);
  }
  return { kind: 'text', values };
}
