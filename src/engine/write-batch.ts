import { BIGINT, BLOB, BOOLEAN, DECIMAL, type DuckDBType, INTEGER, TIMESTAMP, UUID, VARCHAR } from '@duckdb/node-api';
import { type CompileContext, type IdWidth, type IdWidths, visitorWidth } from '../compile/context.ts';
import { RAW_BASE } from '../compile/raw.ts';
import type { BatchColumn, Rejected } from '../core/batch.ts';
import { EVENT_COLUMNS, type EventColumn } from '../core/event.ts';
import type { EpochMicros } from '../core/time.ts';
import { type AppendColumn, appendColumns } from '../store/append.ts';
import type { Database } from '../store/database.ts';
import { asText, constantInt32, firstPresent, int32Column, int64Column, pick } from './columns.ts';
import type { DirtyMarks } from './dirty.ts';
import { FOREIGN } from './foreign-money.ts';
import { idHashes } from './id-hash.ts';
import { columnOf, type Intake } from './intake.ts';
import type { RawShape } from './raw-shape.ts';

const MONEY = DECIMAL(18, 4);
const WIDTH_TYPES: Readonly<Record<IdWidth, DuckDBType>> = { BIGINT, UUID, VARCHAR };
const EXTRA = EVENT_COLUMNS.filter(({ table }) => table === 'raw_extra');

const text = (values: (string | null)[]): AppendColumn => ({ type: VARCHAR, column: { kind: 'text', values } });
const bigints = (values: ArrayLike<number>): AppendColumn => ({ type: BIGINT, column: int64Column(values) });
const times = (values: ArrayLike<number>): AppendColumn => ({ type: TIMESTAMP, column: int64Column(values) });
const constant = (value: number, count: number): AppendColumn => ({
  type: INTEGER,
  column: constantInt32(value, count),
});

/** An id column in the width that the table has. */
function ofWidth(column: BatchColumn, width: IdWidth): AppendColumn & { readonly column: BatchColumn } {
  return { type: WIDTH_TYPES[width], column: width === 'VARCHAR' ? asText(column) : column };
}

type EventAppend = AppendColumn & { readonly column: BatchColumn };

function appendable({ name, store }: EventColumn, intake: Intake, widths: IdWidths): EventAppend {
  const column = columnOf(intake, name);
  switch (store) {
    case 'time':
      return { type: TIMESTAMP, column };
    case 'money':
      return { type: MONEY, column };
    case 'text':
      return { type: VARCHAR, column: asText(column) };
    case 'id':
      return ofWidth(column, widths[name as keyof IdWidths]);
    default:
      return { type: INTEGER, column };
  }
}

/** Where rows of a batch come from, as stored: ids of partitions. */
export interface BatchOrigin {
  readonly batch: number;
  readonly firstSeq: number;
  /** Stored id of each of the batch's partitions. */
  readonly parts: readonly number[];
  readonly load: number | null;
}

/** Appends the events, to raw or to a table with the same columns. Inside the transaction that takes them in. */
export async function writeRaw(
  database: Database,
  intake: Intake,
  origin: BatchOrigin,
  { present, widths }: RawShape,
  table = 'raw_event',
): Promise<void> {
  const { count } = intake;
  const seq = new Float64Array(count);
  const parts = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    seq[row] = origin.firstSeq + row;
    parts[row] = origin.parts[intake.partition[row] as number] as number;
  }
  const base: Readonly<Record<(typeof RAW_BASE)[number], AppendColumn>> = {
    seq: bigints(seq),
    batch: constant(origin.batch, count),
    part: { type: INTEGER, column: int32Column(parts) },
    position: bigints(intake.position),
    event_time: { type: TIMESTAMP, column: columnOf(intake, 'event_time') },
    event_type: { type: INTEGER, column: columnOf(intake, 'event_type') },
    category_name: { type: INTEGER, column: intake.categoryName },
    late: { type: BOOLEAN, column: { kind: 'int8', data: intake.late } },
  };
  const optional = present.map((name): AppendColumn => {
    if (name === 'id_hash') return { type: BIGINT, column: idHashes(columnOf(intake, 'event_id')) };
    if (name === FOREIGN.price || name === FOREIGN.amount) return { type: MONEY, column: columnOf(intake, name) };
    const column = EVENT_COLUMNS.find((each) => each.name === name);
    if (column === undefined) throw new Error(`no column ${name} in an event`);
    return appendable(column, intake, widths);
  });
  await appendColumns(database.connection, table, [...RAW_BASE.map((name) => base[name]), ...optional], count);
  const { extra } = intake;
  if (extra === undefined) return;
  const rows = [...extra.keys()].filter((row) => extra[row] === 1);
  const wide = EXTRA.map((column) => {
    const { type, column: all } = appendable(column, intake, widths);
    return { type, column: pick(all, rows) };
  });
  await appendColumns(
    database.connection,
    'raw_extra',
    [bigints(rows.map((row) => seq[row] as number)), ...wide],
    rows.length,
  );
}

export async function writeSymbols(database: Database, first: number, texts: readonly string[]): Promise<void> {
  const ids = Int32Array.from(texts, (_, i) => first + i);
  await appendColumns(
    database.connection,
    'symbol',
    [{ type: INTEGER, column: int32Column(ids) }, text([...texts])],
    texts.length,
  );
}

/** Appends what the finalizer has to look at again. */
export async function writeMarks(
  database: Database,
  marks: DirtyMarks,
  intake: Intake,
  origin: BatchOrigin,
  context: CompileContext,
): Promise<void> {
  const { windows, sessionRows, entered, batches } = marks;
  const cause = origin.load === null ? 'late' : 'load';
  const load = (count: number): AppendColumn => ({
    type: INTEGER,
    column: origin.load === null ? { kind: 'absent' } : constantInt32(origin.load, count),
  });
  await appendColumns(
    database.connection,
    'dirty_window',
    [
      text(windows.map(({ view }) => view)),
      bigints(windows.map(({ start }) => start)),
      bigints(windows.map(({ end }) => end)),
      text(windows.map(() => cause)),
      load(windows.length),
      constant(origin.batch, windows.length),
    ],
    windows.length,
  );
  const visitors = firstPresent(columnOf(intake, 'user_id'), columnOf(intake, 'anonymous_id'));
  await appendColumns(
    database.connection,
    'dirty_session',
    [
      ofWidth(pick(columnOf(intake, 'session_id'), sessionRows), context.widths.session_id),
      ofWidth(pick(visitors, sessionRows), visitorWidth(context.widths)),
      times(sessionRows.map((row) => intake.time[row] as number)),
      text(sessionRows.map(() => cause)),
      load(sessionRows.length),
      constant(origin.batch, sessionRows.length),
    ],
    sessionRows.length,
  );
  await appendColumns(
    database.connection,
    'dirty_batch',
    [
      text(batches.map(({ view }) => view)),
      bigints(batches.map(({ first }) => first)),
      bigints(batches.map(({ last }) => last)),
      text(batches.map(() => cause)),
      load(batches.length),
      constant(origin.batch, batches.length),
    ],
    batches.length,
  );
  // Whose keys they are is found in the batch itself.
  const entries = entered === null ? [] : [entered];
  await appendColumns(
    database.connection,
    'dirty_key',
    [
      { type: INTEGER, column: { kind: 'absent' } },
      times(entries),
      text(entries.map(() => cause)),
      load(entries.length),
      constant(origin.batch, entries.length),
    ],
    entries.length,
  );
}

/** Appends refused rows with their bytes. `shapeOf` gives the number of a row's shape, where it is known. */
export async function writeQuarantine(
  database: Database,
  rejected: readonly Rejected[],
  origin: BatchOrigin,
  keys: readonly string[],
  arrival: EpochMicros,
  shapeOf: (row: Rejected) => number | undefined,
): Promise<void> {
  const count = rejected.length;
  const shapes = rejected.map(shapeOf);
  const known = Uint8Array.from(shapes, (shape) => (shape === undefined ? 0 : 1));
  await appendColumns(
    database.connection,
    'quarantine',
    [
      bigints(rejected.map((_, i) => origin.batch * 10_000_000 + i)),
      constant(origin.batch, count),
      text(rejected.map(({ partition }) => keys[partition] ?? '')),
      bigints(rejected.map(({ position }) => position)),
      text(rejected.map(({ code }) => code)),
      text(rejected.map(({ pointer }) => pointer)),
      text(rejected.map(({ message }) => message)),
      { type: BLOB, column: { kind: 'bytes', values: rejected.map(({ bytes }) => bytes) } },
      times(rejected.map(() => arrival)),
      {
        type: INTEGER,
        column: int32Column(
          Int32Array.from(shapes, (shape) => shape ?? 0),
          known,
        ),
      },
      { type: INTEGER, column: { kind: 'absent' } },
    ],
    count,
  );
}
