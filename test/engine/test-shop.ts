import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../../shop/views/catalog.ts';
import type { PartitionProgress } from '../../src/core/batch.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import type { RepairRule } from '../../src/core/repair-rule.ts';
import { hours, minutes } from '../../src/core/time.ts';
import {
  type ApplyOutcome,
  type ApplyProgress,
  applyDefinitions,
} from '../../src/engine/definitions/apply-definitions.ts';
import { backfillStep } from '../../src/engine/definitions/backfill.ts';
import type { Definitions } from '../../src/engine/definitions/definitions.ts';
import { stage } from '../../src/engine/definitions/stage.ts';
import type { DimensionKind } from '../../src/engine/dimension/dimension-kind.ts';
import { type DimensionLoad, loadDimension } from '../../src/engine/dimension/load-dimension.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { IngestOutcome } from '../../src/engine/ingest.ts';
import { SymbolTranslation } from '../../src/engine/intake.ts';
import type { PeopleChange } from '../../src/engine/people/apply-people.ts';
import { givePeople, type PeopleSaying } from '../../src/engine/people/give-people.ts';
import { SILENCE } from '../../src/engine/protocol/silence.ts';
import { Reader, type Reading, withReader } from '../../src/engine/read.ts';
import { repairRefused, undoRepair } from '../../src/engine/repair/repair-refused.ts';
import { Shop, type ShopSettings, type Whose } from '../../src/engine/shop.ts';
import { type VerifyReport, verify } from '../../src/engine/verify.ts';
import { EMPTY_LAKE, lakeFolder, readManifest } from '../../src/journal/lake/manifest.ts';
import { Lake, type LakeLimits } from '../../src/runtime/lake/lake.ts';
import { type TakenFromLake, takeInLake } from '../../src/runtime/lake/take-in-lake.ts';
import { SymbolTable } from '../../src/source/columns/symbol-table.ts';
import { ControlDatabase } from '../../src/store/control-database.ts';
import { Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { ViewPlan } from '../../src/view/view.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import { parseInstant } from '../oracle/instant.ts';
import { TABLE_NAMES, type TableName } from '../oracle/table.ts';
import type { Piece } from './broken-file.ts';
import { eventBatch } from './event-batch.ts';

export type Tables = Record<TableName, AnyRow[]>;

/** How a batch reaches the shop. */
export interface Giving {
  /** Partition of each event by its place in the batch; default: all in the one partition `p`. */
  readonly partition?: (index: number) => string;
  /** Partitions that end with this batch. */
  readonly ended?: readonly string[];
  /** Number of the load that the batch belongs to. */
  readonly load?: number | null;
}

/** Now, for every shop in a test: later than all events, and the same each time. */
export const NOW = parseInstant('2021-01-01T00:00:00Z');

const LIMITS = { memoryLimit: '1GB', threads: 2 };
let template: Promise<string> | undefined;

/** An empty, migrated database to copy: opening one is then cheaper than making one. */
function emptyDatabase(): Promise<string> {
  template ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'footfall-template-'));
    const path = join(folder, 'empty.duckdb');
    const database = await Database.open({ path, ...LIMITS });
    await migrate(database);
    const control = ControlDatabase.open(join(folder, 'control.db'));
    await Shop.open(
      database,
      control.highWater('empty'),
      { zone: 'UTC', lateness: minutes(10), late: 'restate' },
      catalog,
      NOW,
    );
    await database.run('CHECKPOINT');
    await database.close();
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return path;
  })();
  return template;
}

/**
 * The real engine over a real database in a folder of its own: batches in, tables out, and it may be closed and opened
 * again at any time.
 */
export class TestShop {
  readonly folder: string;
  /** What the next opening is given. */
  settings: ShopSettings;
  /** Of the database, from its next opening on. */
  limits = LIMITS;
  /** The wall clock. */
  private now = NOW;
  private live = false;
  shop!: Shop;
  /** What the next opening declares. */
  views: readonly ViewPlan[] = catalog;
  private database!: Database;
  private control!: ControlDatabase;
  private engine!: Engine;
  private reader!: Reader;
  private symbols!: SymbolTable;
  private translation!: SymbolTranslation;
  private readonly every: number;
  /** Partitions at their head, since when. */
  private readonly heads = new Map<string, number>();
  private files = 0;
  private readonly read = new Map<string, { position: number; clock: number | null }>();
  private readonly whose: Whose;

  private constructor(folder: string, settings: ShopSettings, every: number, whose: Whose) {
    this.folder = folder;
    this.settings = settings;
    this.every = every;
    this.whose = whose;
  }

  /** A new shop. With `every`, a finalizer runs beside intake whenever so many events have come in. */
  static async open(settings: Partial<ShopSettings> = {}, every?: number): Promise<TestShop> {
    const folder = mkdtempSync(join(tmpdir(), 'footfall-engine-'));
    copyFileSync(await emptyDatabase(), join(folder, 'footfall.duckdb'));
    return TestShop.at(folder, settings, every);
  }

  /** The shop in a folder, or a new one there. What is declared takes hold at once, unless what was applied goes on. */
  static async at(
    folder: string,
    settings: Partial<ShopSettings> = {},
    every?: number,
    whose: Whose = 'declared',
  ): Promise<TestShop> {
    const full: ShopSettings = { zone: 'UTC', lateness: minutes(10), late: 'restate', ...settings };
    const shop = new TestShop(folder, full, every ?? Number.POSITIVE_INFINITY, whose);
    await shop.start();
    return shop;
  }

  /** Opens the shop: after `reopen` has failed to. */
  async start(): Promise<void> {
    this.database = await Database.open({ path: join(this.folder, 'footfall.duckdb'), ...this.limits });
    await migrate(this.database);
    this.control = ControlDatabase.open(join(this.folder, 'control.db'));
    const highWater = this.control.highWater('footfall.duckdb');
    try {
      this.shop = await Shop.open(this.database, highWater, this.settings, this.views, this.now, this.whose);
    } catch (error) {
      await this.database.close();
      this.control.close();
      throw error;
    }
    this.engine = new Engine(this.shop, { events: this.every, every: Number.POSITIVE_INFINITY }, () => this.now);
    this.engine.follow({ heads: () => this.heads });
    await this.engine.followFacts();
    this.reader = new Reader(this.shop, await this.database.connect());
    this.symbols = new SymbolTable([]);
    this.translation = new SymbolTranslation(this.shop.symbols);
    this.read.clear();
    for (const [name, { position, clock }] of this.shop.ingest.progress) this.read.set(name, { position, clock });
  }

  /** From here on the wall clock goes with the events, so that time may stand in for them. */
  runWithTime(): void {
    this.live = true;
    this.now = this.shop.ingest.arrival ?? 0;
  }

  /** Gives the events as one batch. Nothing is finalized. */
  give(events: readonly CanonicalEvent[], { partition, ended = [], load = null }: Giving = {}): Promise<IngestOutcome> {
    const names = events.map((_, i) => partition?.(i) ?? 'p');
    const keys = [...new Set([...names, ...ended])];
    const placed = events.map((event, i) => {
      const name = names[i] ?? 'p';
      const { position, clock } = this.read.get(name) ?? { position: 0, clock: null };
      this.read.set(name, { position: position + 1, clock: Math.max(clock ?? 0, parseInstant(event.event_time)) });
      return { event, partition: keys.indexOf(name), position };
    });
    const progress = keys.map((key): PartitionProgress => {
      const { position, clock } = this.read.get(key) ?? { position: 0, clock: null };
      return { partition: key, position, clock, ended: ended.includes(key) };
    });
    for (const key of keys) this.heads.delete(key);
    if (this.live) this.now = Math.max(this.now, ...events.map(({ event_time }) => parseInstant(event_time)));
    return this.engine.take(eventBatch(placed, progress, this.symbols), { translation: this.translation, load });
  }

  /**
   * Lets the wall clock of a live shop go to 30 s and `ahead` past the shop clock while partitions are silent.
   * @returns whether the watermark moved
   */
  tick(ahead: number, silent: readonly string[] = [...this.shop.ingest.progress.keys()]): Promise<boolean> {
    this.now = Math.max(this.now, this.clock() + SILENCE + ahead);
    for (const key of silent) this.heads.set(key, this.now - SILENCE);
    return this.engine.tick();
  }

  /** Takes what a parser of its own has made of a part of a file. */
  takeIn({ batch }: Pick<Piece, 'batch'>): Promise<IngestOutcome> {
    return this.engine.take(batch, { translation: new SymbolTranslation(this.shop.symbols), load: null });
  }

  /** The lake beside the shop, as far as it was written. */
  async openLake(limits: LakeLimits = {}): Promise<Lake> {
    const lake = await Lake.open(this.shop, lakeFolder(this.folder), limits);
    if (lake === null) throw new Error('the manifest is damaged');
    return lake;
  }

  /** Takes in what the lake has and the database has not. */
  takeInLake(): Promise<TakenFromLake | null> {
    const found = readManifest(lakeFolder(this.folder));
    const manifest = found.found === 'manifest' ? found.manifest : EMPTY_LAKE;
    return takeInLake({ shop: this.shop, engine: this.engine }, lakeFolder(this.folder), manifest);
  }

  /** Applies a rule to all that is refused. */
  repair(rule: RepairRule): ReturnType<typeof repairRefused> {
    return this.settled().then(() => this.engine.change(() => repairRefused(this.shop, {}, rule, NOW)));
  }

  /** Gives a fact, and has closed rows follow. */
  change<T>(work: () => Promise<T>): Promise<T> {
    return this.settled().then(() => this.engine.change(work));
  }

  /** Takes the repair of a number back. */
  undo(repair: number): ReturnType<typeof undoRepair> {
    return this.settled().then(() => this.engine.change(() => undoRepair(this.shop, repair, NOW)));
  }

  async finalize(byEnd = false): Promise<void> {
    await this.engine.finalize(byEnd);
  }

  /** Begins to keep the rows of other definitions beside those in force. */
  async stage(definitions: Definitions): Promise<void> {
    await this.settled();
    await this.database.exclusively(() => stage(this.shop, definitions, this.now));
  }

  /** One step of history for the rows beside. */
  async backfill(most: number): Promise<void> {
    await this.settled();
    await this.database.betweenEpochs(() => backfillStep(this.shop, this.now, most));
  }

  /** Puts other definitions in force, as `footfall apply` does, so many events a step; they are declared from then on. */
  async apply(
    definitions: Definitions,
    most: number,
    onProgress?: (progress: ApplyProgress) => Promise<void>,
  ): Promise<ApplyOutcome> {
    await this.settled();
    const options = { now: () => this.now, most, ...(onProgress === undefined ? {} : { onProgress }) };
    const outcome = await applyDefinitions(this.engine, definitions, options);
    this.views = definitions.views;
    this.settings = { ...this.settings, zone: definitions.zone };
    return outcome;
  }

  /** Waits for the finalizer run under way. */
  async settled(): Promise<void> {
    await this.engine.settled();
  }

  /** Folds the log into the file, as the engine does when the log has grown. */
  async checkpoint(): Promise<void> {
    await this.database.exclusively(() => this.database.run('CHECKPOINT'));
  }

  /** Closes the database and opens it again: all that was kept in memory is gone. */
  async reopen(): Promise<void> {
    await this.settled();
    await this.database.close();
    this.control.close();
    await this.start();
  }

  /** Loads a dimension from rows, through a CSV. */
  async loadDimension(
    kind: DimensionKind,
    rows: readonly Readonly<Record<string, string | null | undefined>>[],
  ): Promise<DimensionLoad> {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const cell = (value: string | null | undefined) => (value == null ? '' : `"${value.replaceAll('"', '""')}"`);
    const lines = [columns.join(','), ...rows.map((row) => columns.map((name) => cell(row[name])).join(','))];
    this.files += 1;
    const path = join(this.folder, `${kind}-${this.files}.csv`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return this.loadFile(kind, path);
  }

  /** Loads a dimension from a file. Rows do not follow before the next finalizer run. */
  async loadFile(kind: DimensionKind, path: string): Promise<DimensionLoad> {
    await this.settled();
    return this.database.exclusively(() => loadDimension(this.shop, kind, path, NOW));
  }

  /** Says who visitors are. Rows do not follow before the next finalizer run. */
  async say(saying: PeopleSaying): Promise<PeopleChange> {
    await this.settled();
    return this.database.exclusively(() => givePeople(this.shop, saying));
  }

  /** All tables as the JSON that `footfall query --json` prints. */
  async tables(): Promise<Tables> {
    return this.reader.ask(this.shop.views, async ({ database }) => {
      const entries: [TableName, AnyRow[]][] = [];
      for (const name of TABLE_NAMES) entries.push([name, await database.jsonRows(`SELECT * FROM ${name}`)]);
      return Object.fromEntries(entries) as Tables;
    });
  }

  /** Asks a reader of its own about one committed state, whatever goes on beside. */
  ask<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    return withReader(this.shop, (reader) => reader.ask([], work));
  }

  rows(sql: string): Promise<AnyRow[]> {
    return this.database.jsonRows(sql);
  }

  /** Watermark + lateness; 1970 before the first event (semantics, "Time and finality"). */
  clock(): number {
    return this.shop.ingest.watermark === null ? 0 : this.shop.ingest.watermark + this.settings.lateness;
  }

  /**
   * Whether a load is under way: what it touches is computed again only as it passes (semantics, "Time and finality").
   */
  loading(): boolean {
    return [...this.shop.ingest.progress.values()].some(({ load, ended }) => load !== null && !ended);
  }

  /**
   * Starts of sessions whose funnel window may be closed without them as they are now: those that came back after their
   * row was final, as they were and as they are, those with late or loaded events, and those open for a
   * day. Their close restates the window.
   */
  async unsettledStarts(): Promise<ReadonlySet<string>> {
    const long = this.clock() - this.settings.lateness - hours(24);
    const [live, stored] = ['live_user_session_analytics', 'result.user_session_analytics'];
    const back = `(l.session_id = s.session_id OR (l.session_id IS NULL AND s.session_id IS NULL AND l.visitor = s.visitor AND l.session_start <= s.session_end))`;
    const loaded = [...this.shop.ingest.progress.values()].some(({ load }) => load !== null);
    const rows = await this.reader.ask(
      this.shop.views.filter(({ name }) => name === 'user_session_analytics'),
      ({ database }) =>
        database.jsonRows(
          `SELECT l.session_start AS start FROM ${live} l WHERE ${loaded} OR l.late_events > 0 OR epoch_us(l.session_start) <= ${long} UNION SELECT unnest([l.session_start, s.session_start]) FROM ${live} l JOIN ${stored} s ON ${back}`,
        ),
    );
    return new Set(rows.map(({ start }) => String(start)));
  }

  /** Whether closed slices wait to be computed again. */
  async hasMarks(): Promise<boolean> {
    const [row] = await this.rows(
      'SELECT EXISTS (FROM dirty_window) OR EXISTS (FROM dirty_session) OR EXISTS (FROM dirty_key) OR EXISTS (FROM dirty_batch) AS waiting',
    );
    return row?.['waiting'] === true;
  }

  verify(): Promise<VerifyReport> {
    return this.reader.ask([], (reading) => verify(reading, { clock: () => 0 }));
  }

  /** Closes the database; its folder stays. */
  async leave(): Promise<void> {
    await this.settled();
    await this.database.close();
    this.control.close();
  }

  async close(): Promise<void> {
    await this.leave();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
