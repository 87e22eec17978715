import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isStored } from '../../compile/tables.ts';
import type { Cursor } from '../../core/cursor.ts';
import { literalText } from '../../core/sql-text.ts';
import { days, type EpochMicros, type Millis } from '../../core/time.ts';
import { changesSince } from '../../engine/changes.ts';
import type { Reader, Reading } from '../../engine/read.ts';
import type { ExplorerTable } from '../../explorer/explorer-messages.ts';
import { Turn } from '../../store/turn.ts';
import type { ViewPlan } from '../../view/view.ts';
import { timeColumn } from '../rows/view-columns.ts';

/** A copy of a view's rows, and when it was made. */
export interface ViewSnapshot extends ExplorerTable {
  readonly taken: EpochMicros;
}

interface Kept {
  view: ViewPlan;
  snapshot: ViewSnapshot;
  cursor: Cursor;
  batch: number;
  /** Facts that had been applied. */
  facts: number;
  /** Days with rows of open slices. */
  live: ReadonlySet<number>;
  /** File of each day; of a view without time there is one, of day 0. */
  readonly files: ReadonlyMap<number, string>;
  /** When files that are still there were replaced. */
  readonly replaced: Map<string, EpochMicros>;
}

/** A copy that is younger is used as it is. */
const FRESH: Millis = 5_000;
/** A file that was replaced is kept for queries that are reading it. */
const LINGER: Millis = 120_000;

/**
 * Copies of views as Parquet, a file for each day, for queries that must not come near the database. They are made when
 * they are asked for, and only days in which something changed are written again.
 */
export class Snapshots {
  private readonly folder: string;
  private readonly reader: Reader;
  private readonly turn = new Turn();
  private readonly kept = new Map<string, Kept>();

  /** The folder is emptied: copies of an earlier process are of an earlier state. */
  constructor(folder: string, reader: Reader) {
    this.folder = folder;
    this.reader = reader;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** Removes all copies: somebody was erased. The folder stays, processes stand in it. */
  forget(): Promise<void> {
    return this.turn.take(async () => {
      this.kept.clear();
      for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { recursive: true, force: true });
    });
  }

  /** Copies of the views, not older than some seconds. */
  of(views: readonly ViewPlan[], now: EpochMicros): Promise<readonly ViewSnapshot[]> {
    return this.turn.take(async () => {
      const due = views.filter(({ name }) => now - (this.kept.get(name)?.snapshot.taken ?? 0) > FRESH * 1000);
      if (due.length > 0)
        await this.reader.ask(due, async (reading) => {
          for (const view of due) await this.renew(reading, view, now);
        });
      return views.flatMap(({ name }) => this.kept.get(name)?.snapshot ?? []);
    });
  }

  private async renew(reading: Reading, view: ViewPlan, now: EpochMicros): Promise<void> {
    const before = this.kept.get(view.name);
    const cursor: Cursor = { generation: reading.generation, epoch: reading.final.epoch };
    const { batch } = reading.ingest;
    const facts = reading.factsApplied;
    const replaced = before?.replaced ?? new Map<string, EpochMicros>();
    const alike =
      before?.view === view && before.facts === facts && before.cursor.generation === cursor.generation ? before : null;
    if (alike?.batch === batch && alike.cursor.epoch === cursor.epoch) {
      this.sweep(view.name, new Set(alike.files.values()), replaced, now);
      this.kept.set(view.name, { ...alike, snapshot: { ...alike.snapshot, taken: now } });
      return;
    }
    const changed = alike === null ? null : await changedDays(reading, view, alike);
    // Days whose rows all went have no file any more.
    const files = new Map(changed === null ? [] : alike?.files);
    for (const day of changed ?? (await allDays(reading, view)))
      files.set(day, await this.write(reading, view, day, `${cursor.generation}-${cursor.epoch}-${batch}-${facts}`));
    this.sweep(view.name, new Set(files.values()), replaced, now);
    const columns = alike?.snapshot.columns ?? (await columnsOf(reading, view));
    const snapshot = { name: view.name, files: [...files.values()], columns, taken: now };
    const live = await liveDays(reading, view);
    this.kept.set(view.name, { view, snapshot, cursor, batch, facts, live, files, replaced });
  }

  /** Under another name first: whoever reads finds a whole file. */
  private async write({ database }: Reading, view: ViewPlan, day: number, version: string): Promise<string> {
    const folder = join(this.folder, view.name);
    if (!existsSync(folder)) mkdirSync(folder);
    const path = join(folder, `${day}-${version}.parquet`);
    const part = `${path}.part`;
    await database.run(
      `COPY (SELECT * FROM ${view.name}${withinDay(view, day)}) TO ${literalText(part)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    renameSync(part, path);
    return path;
  }

  private sweep(view: string, used: ReadonlySet<string>, replaced: Map<string, EpochMicros>, now: EpochMicros): void {
    const folder = join(this.folder, view);
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (used.has(path)) continue;
      const since = replaced.get(path) ?? now;
      replaced.set(path, since);
      if (now - since <= LINGER * 1000) continue;
      rmSync(path);
      replaced.delete(path);
    }
  }
}

const withinDay = (view: ViewPlan, day: number): string => {
  const time = timeColumn(view);
  if (time === undefined) return '';
  const at = (instant: EpochMicros): string => `make_timestamp(${instant})`;
  return ` WHERE "${time}" >= ${at(day * days(1))} AND "${time}" < ${at((day + 1) * days(1))}`;
};

async function columnsOf({ database }: Reading, view: ViewPlan): Promise<ExplorerTable['columns']> {
  const { columns, blocks } = await database.stream(`SELECT * FROM ${view.name} LIMIT 0`);
  for await (const _ of blocks);
  return columns;
}

/** Days of UTC since 1970 with rows. */
async function allDays(reading: Reading, view: ViewPlan): Promise<ReadonlySet<number>> {
  const time = timeColumn(view);
  return time === undefined ? new Set([0]) : daysOf(reading, `"${time}"`, view.name);
}

/** Days in which a view may say something else than the copy before; null when that may be any of them. */
async function changedDays(reading: Reading, view: ViewPlan, before: Kept): Promise<ReadonlySet<number> | null> {
  const time = timeColumn(view);
  if (time === undefined) return new Set([0]);
  if (!isStored(view)) return daysOf(reading, 'event_time', `raw WHERE batch > ${before.batch}`);
  const found = new Set(before.live);
  const { kind, blocks } = changesSince(reading, view, before.cursor);
  if (kind === 'snapshot') return null;
  // Read to the end: whoever leaves a result half-way leaves an aborted transaction.
  let known = true;
  for await (const block of blocks)
    for (const { row } of block) {
      const at = row[time];
      // Rows that are gone say their keys only: where time is none, their days are not known.
      if (typeof at === 'string') found.add(Math.floor((Date.parse(at) * 1000) / days(1)));
      else known = false;
    }
  if (!known) return null;
  return found.union(await liveDays(reading, view));
}

/** Days with rows of open slices: with each batch they may be others. */
async function liveDays(reading: Reading, view: ViewPlan): Promise<ReadonlySet<number>> {
  const time = timeColumn(view);
  return time === undefined || !isStored(view)
    ? new Set()
    : daysOf(reading, `"${time}"`, `${view.name} WHERE NOT is_final`);
}

async function daysOf({ database }: Reading, time: string, from: string): Promise<ReadonlySet<number>> {
  const rows = await database.rows(`SELECT DISTINCT epoch_us(${time}) // ${days(1)} AS day FROM ${from}`);
  return new Set(rows.flatMap(({ day }) => (day == null ? [] : [Number(day)])));
}
