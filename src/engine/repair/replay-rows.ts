import { BIGINT } from '@duckdb/node-api';
import { visitorSql } from '../../compile/context.ts';
import type { Rejected } from '../../core/batch.ts';
import type { RepairRule } from '../../core/repair-rule.ts';
import type { EpochMicros } from '../../core/time.ts';
import { repairRows } from '../../source/repair/repair-rows.ts';
import { appendColumns } from '../../store/append.ts';
import { int64Column } from '../columns.ts';
import { crashPoint } from '../crash-point.ts';
import { derive, type Intake, keepRows, SymbolTranslation } from '../intake.ts';
import { markChanged } from '../mark-changed.ts';
import { sealedBefore } from '../protocol/seal.ts';
import { neededShape, type RawShape, sameShape } from '../raw-shape.ts';
import { rememberIntake } from '../remember-intake.ts';
import type { Shop } from '../shop.ts';
import { writeRaw } from '../write-batch.ts';
import type { RefusedRow } from './refused-rows.ts';

/** Refused rows as a rule makes them, ready to be taken in. */
/** Why a row of a time that is sealed is no event. */
const SEALED: Pick<Rejected, 'code' | 'pointer' | 'message'> = {
  code: 'event.sealed',
  pointer: '/event_time',
  message: 'results of that time are sealed',
};

export interface Replay {
  readonly rows: readonly RefusedRow[];
  /** The events that are new, with their partitions by index. */
  readonly intake: Intake;
  readonly partitions: readonly string[];
  /** What raw has to hold for them. */
  readonly shape: RawShape;
  /** Rows, by their index, that pass: new events, and copies of one that is there. */
  readonly passed: readonly number[];
  readonly copies: number;
  readonly failed: readonly { readonly row: number; readonly why: Pick<Rejected, 'code' | 'pointer' | 'message'> }[];
  /** Of each row its bytes after the rule. */
  readonly written: readonly Uint8Array[];
}

/**
 * Applies a rule to refused rows and finds out what would become of each, as of any event that comes in: checks, derived
 * values, copies. Nothing is stored. Caller holds the database exclusively.
 *
 * @param recorded what counts as now for times that may not be ahead of it
 */
export async function prepareReplay(
  shop: Shop,
  rows: readonly RefusedRow[],
  rule: RepairRule,
  recorded: EpochMicros,
): Promise<Replay> {
  const readable = rows.flatMap((row, index) => (row.shape === null ? [] : [{ ...row, shape: row.shape, index }]));
  const partitions = [...new Set(readable.map(({ partition }) => partition))];
  const progress = partitions.map(
    (partition) => shop.ingest.progress.get(partition) ?? { partition, position: 0, clock: null, ended: true },
  );
  const repaired = repairRows(
    readable.map((row) => ({ ...row, partition: partitions.indexOf(row.partition) })),
    rule,
    progress,
    recorded,
  );
  const { batch } = repaired;
  const columns = new SymbolTranslation(shop.symbols, shop.settings.currency).translate(batch);
  const derived = derive(batch, columns, shop, null);
  const identity = await shop.identity.examine(batch, derived, shop.ingest.arrival ?? recorded);
  const conflicts = new Map(identity.conflicts.map((each) => [`${each.partition}/${each.position}`, each]));
  const indexOf = (row: number): number => readable[row]?.index ?? row;
  const passed: number[] = [];
  const failed: Replay['failed'][number][] = repaired.failed.map(({ row, why }) => ({ row: indexOf(row), why }));
  const before = sealedBefore(shop.ingest.watermark, shop.settings.history);
  const kept = (identity.kept ?? [...derived.time.keys()]).filter((row) => (derived.time[row] as number) >= before);
  for (const [event, row] of repaired.passed.entries()) {
    const why =
      (batch.time[event] as number) < before
        ? SEALED
        : conflicts.get(`${batch.partition[event]}/${batch.position[event]}`);
    if (why === undefined) passed.push(indexOf(row));
    else failed.push({ row: indexOf(row), why });
  }
  return {
    rows,
    intake: kept.length === derived.count ? derived : keepRows(derived, kept),
    partitions,
    shape: neededShape(shop.shape, columns),
    passed,
    copies: identity.duplicates,
    failed: failed.sort((a, b) => a.row - b.row),
    written: rows.map((row, index) => {
      const at = readable.findIndex((each) => each.index === index);
      return repaired.written[at] ?? row.bytes;
    }),
  };
}

/** Gives raw the columns and widths that the events need: in a transaction of its own, before they are written. */
export async function shapeFor(shop: Shop, { shape }: Replay): Promise<void> {
  if (!sameShape(shop.shape, shape)) await shop.settleShape(shape);
}

/**
 * Writes the events where they would have come from, marks what was closed without them, and notes at their rows by which
 * fact they are events now. Inside a transaction.
 *
 * @returns what is to be done once it is committed
 */
export async function writeReplay(shop: Shop, replay: Replay, fact: number): Promise<() => void> {
  const { database, ingest } = shop;
  const { intake, partitions, passed, rows } = replay;
  if (passed.length === 0) return () => undefined;
  const { nextSeq, batch } = ingest;
  if (intake.count > 0) {
    const parts = partitions.map((partition) => shop.partitions.idOf(partition));
    await writeRaw(database, intake, { batch, firstSeq: nextSeq, parts, load: null }, shop.shape);
    const visitor = visitorSql(shop.context.widths);
    await database.run(
      `CREATE OR REPLACE TEMP TABLE replayed AS SELECT seq, event_time, session_id, ${visitor} AS visitor FROM raw WHERE seq >= ${nextSeq}`,
    );
    await markChanged(shop, 'replayed', 'repair');
    // They belong to the batch that was the newest: as a batch of their own they would reopen what was closed by end.
    await database.run(`UPDATE batch SET events = events + ${intake.count} WHERE batch = ${batch}`);
  }
  await database.run('CREATE OR REPLACE TEMP TABLE repaired_row (id BIGINT)');
  const ids = passed.map((row) => rows[row]?.id ?? -1);
  await appendColumns(
    database.connection,
    'temp.main.repaired_row',
    [{ type: BIGINT, column: int64Column(ids) }],
    ids.length,
  );
  await database.run(`UPDATE quarantine SET repaired = ${fact} WHERE id IN (SELECT id FROM repaired_row)`);
  crashPoint('repair.rows_written');
  return () => {
    shop.ingest = {
      ...shop.ingest,
      nextSeq: nextSeq + intake.count,
      events: shop.ingest.events + intake.count,
    };
    rememberIntake(shop, intake);
  };
}
