import { dirname } from 'node:path';
import { type CompileContext, visitorSql } from '../compile/context.ts';
import { duckdb } from '../compile/dialect/duckdb/duckdb.ts';
import { rawView } from '../compile/raw.ts';
import { STRANDS, type Strand } from '../compile/session.ts';
import { createTables, dropTables, isStored } from '../compile/tables.ts';
import type { Span } from '../compile/window.ts';
import { EVENT_TYPES } from '../core/event.ts';
import type { EpochMicros, Micros } from '../core/time.ts';
import { FactLog } from '../journal/fact-log.ts';
import type { HighWater } from '../store/control-database.ts';
import type { Database } from '../store/database.ts';
import type { Session } from '../store/session.ts';
import type { Literal } from '../view/expression.ts';
import type { ViewPlan } from '../view/view.ts';
import { Categories } from './categories.ts';
import { crashPoint } from './crash-point.ts';
import { applyMissingFacts, categoryVersions } from './dimensions.ts';
import { settleGeneration } from './generation.ts';
import { Identity } from './identity.ts';
import { settleRates } from './load-rates.ts';
import { Partitions } from './partitions.ts';
import { Rates } from './rates.ts';
import { type RawShape, reshape } from './raw-shape.ts';
import { rehashIntake } from './rehash-intake.ts';
import {
  type FinalState,
  type IngestState,
  loadFinalState,
  loadIngestState,
  loadSetting,
  loadShape,
  saveFinalState,
  saveSetting,
} from './state.ts';
import { StoredKeys } from './stored-keys.ts';
import { Symbols } from './symbols.ts';

/** What a shop decides about its numbers. */
export interface ShopSettings {
  /** IANA name. */
  readonly zone: string;
  readonly lateness: Micros;
  /** What becomes of late events (semantics 15). */
  readonly late: 'restate' | 'drop';
  /** ISO 4217; USD where it is left out. */
  readonly currency?: string;
}

/** A committed state of a shop, with a connection to read and write through. */
export interface ShopSnapshot {
  readonly database: Session;
  readonly settings: ShopSettings;
  /** Parents before the views made from them. */
  readonly views: readonly ViewPlan[];
  readonly context: CompileContext;
  readonly ingest: IngestState;
  readonly final: FinalState;
  readonly extent: Span | null;
  /** Epochs are numbered anew in each (semantics 20). */
  readonly generation: number;
  /** By view: the epoch from which on its rows are by the definition in force; a view that is not there always was. */
  readonly since: ReadonlyMap<string, number>;
  /** Which ids have a stored session. */
  readonly storedKeys: StoredKeys;
  /** Ways in which events belong to sessions here: most shops have no event without a session id. */
  readonly strands: readonly Strand[];
  view(name: string): ViewPlan | undefined;
}

/**
 * One shop's database with all that the engine keeps in memory beside it: every field is a cache of committed rows.
 * Whoever changes it holds the database exclusively.
 */
export class Shop implements ShopSnapshot {
  readonly database: Database;
  readonly settings: ShopSettings;
  /** Parents before the views made from them. */
  readonly views: readonly ViewPlan[];
  readonly symbols: Symbols;
  readonly categories: Categories;
  readonly rates = new Rates();
  readonly identity: Identity;
  readonly partitions: Partitions;
  readonly storedKeys = new StoredKeys();
  /** Facts on disk beside the database. */
  readonly facts: FactLog;
  context: CompileContext;
  shape: RawShape;
  ingest: IngestState;
  final: FinalState;
  /** First and last event time in raw; null while it is empty. */
  extent: Span | null = null;
  strands: readonly Strand[] = ['given'];
  /** Events with money of another currency that is not converted. */
  unconverted = 0;
  generation = 1;
  since: ReadonlyMap<string, number> = new Map();
  private readonly highWater: HighWater;

  private constructor(
    database: Database,
    highWater: HighWater,
    settings: ShopSettings,
    views: readonly ViewPlan[],
    symbols: Symbols,
    partitions: Partitions,
    shape: RawShape,
    ingest: IngestState,
    final: FinalState,
  ) {
    this.database = database;
    this.highWater = highWater;
    this.settings = settings;
    this.views = views;
    this.symbols = symbols;
    this.categories = new Categories(symbols);
    this.identity = new Identity(database);
    this.partitions = partitions;
    this.facts = FactLog.in(dirname(database.path), highWater.facts);
    this.shape = shape;
    this.ingest = ingest;
    this.final = final;
    this.context = this.contextFor(shape);
  }

  /**
   * Reads the committed state, makes the tables of new views and drops those of views that are gone. A view whose
   * definition changed starts anew and is computed again from raw. A database behind its high-water mark starts a
   * generation.
   */
  static async open(
    database: Database,
    highWater: HighWater,
    settings: ShopSettings,
    views: readonly ViewPlan[],
    now: EpochMicros,
  ): Promise<Shop> {
    crashPoint('migrate.done');
    const symbols = await loadSymbols(database);
    for (const text of [...EVENT_TYPES, ...views.flatMap(literalsOf)]) symbols.idOf(text);
    const shop = new Shop(
      database,
      highWater,
      settings,
      views,
      symbols,
      await Partitions.load(database),
      await loadShape(database),
      await loadIngestState(database),
      await loadFinalState(database),
    );
    await database.run(rawView(shop.shape.present, shop.shape.widths));
    shop.extent = await readExtent(database);
    if ((await database.one('SELECT 1 AS found FROM raw WHERE session_id IS NULL LIMIT 1')) !== undefined)
      shop.strands = STRANDS;
    const orphan = `SELECT 1 AS found FROM raw WHERE session_id IS NOT NULL AND ${visitorSql(shop.shape.widths)} IS NULL LIMIT 1`;
    if ((await database.one(orphan)) !== undefined) shop.context = { ...shop.context, orphans: true };
    shop.generation = await settleGeneration(database, shop.final.epoch, highWater);
    await shop.reconcileViews(now);
    shop.noteHighWater();
    await shop.identity.load(now);
    await applyMissingFacts(shop);
    await settleRates(shop);
    for (const [product, versions] of await categoryVersions(shop)) shop.categories.set(product, versions);
    return shop;
  }

  /** Notes outside the database what is committed in it. */
  noteHighWater(): void {
    this.highWater.note({ generation: this.generation, epoch: this.final.epoch });
  }

  partitionId(key: string): number {
    return this.partitions.idOf(key);
  }

  savePartitions(): Promise<void> {
    return this.partitions.save(this.database);
  }

  view(name: string): ViewPlan | undefined {
    return this.views.find((each) => each.name === name || `${each.kit}.${each.name}` === name);
  }

  /** Events need columns or widths that raw does not have: the tables follow, once, in a transaction of its own. */
  async settleShape(next: RawShape): Promise<void> {
    const { database, shape } = this;
    const context = this.contextFor(next);
    await database.transaction(async () => {
      await rehashIntake(database, this.final.epoch, () => reshape(database, shape, next, this.views, context));
      await saveSetting(database, 'raw_shape', JSON.stringify(next));
      crashPoint('reshape.before_commit');
    });
    this.shape = next;
    this.context = context;
  }

  /**
   * Begins a transaction on another connection that sees one committed state, and tells that state. What goes on there
   * waits for no batch and no epoch, and they do not wait for it. Caller ends the transaction.
   */
  begin(session: Session): Promise<ShopSnapshot> {
    return this.database.betweenBatches(async () => {
      await session.run('BEGIN');
      // An epoch may be committed at any moment: which one is seen only the transaction itself can say.
      const final = await loadFinalState(session).catch(async (error: unknown) => {
        await session.run('ROLLBACK');
        throw error;
      });
      const { settings, views, context, ingest, extent, generation, since, strands } = this;
      return {
        database: session,
        settings,
        views,
        context,
        ingest,
        final,
        extent,
        generation,
        since,
        strands,
        storedKeys: this.storedKeys,
        view: (name) => this.view(name),
      };
    });
  }

  private contextFor({ widths }: RawShape): CompileContext {
    return {
      dialect: duckdb,
      zone: this.settings.zone,
      widths,
      symbol: (text) => this.symbols.idOf(text),
      orphans: this.context?.orphans ?? false,
      views: new Map(this.views.map((view) => [view.name, view])),
    };
  }

  private async reconcileViews(now: EpochMicros): Promise<void> {
    const { database } = this;
    const stored = JSON.parse((await loadSetting(database, 'views')) ?? '{}') as Record<string, string>;
    const since = JSON.parse((await loadSetting(database, 'view_since')) ?? '{}') as Record<string, number>;
    const wanted = Object.fromEntries(
      this.views.filter(isStored).map((view) => [view.name, fingerprintOf(view, this)]),
    );
    const keeps = ([name]: readonly [string, unknown]): boolean =>
      wanted[name] !== undefined && stored[name] === wanted[name];
    const gone = Object.keys(stored).filter((name) => stored[name] !== wanted[name]);
    const fresh = this.views.filter((view) => isStored(view) && stored[view.name] !== wanted[view.name]);
    const kept = Object.entries(since).filter(keeps);
    this.since = new Map(kept);
    if (gone.length === 0 && fresh.length === 0) return;
    // A definition takes hold in an epoch of its own: what was closed of the view is open again whatever happens next,
    // and readers of its former rows are told apart from those of the new ones.
    const { epoch, frontier } = this.final;
    const next: FinalState =
      epoch === 0 || fresh.length === 0
        ? this.final
        : {
            ...this.final,
            epoch: epoch + 1,
            byEnd: false,
            frontier: Object.fromEntries(Object.entries(frontier).filter(keeps)),
          };
    this.since = new Map([...kept, ...fresh.map(({ name }) => [name, next.epoch] as const)]);
    await database.transaction(async () => {
      for (const name of gone) for (const sql of dropTables({ name })) await database.run(sql);
      for (const view of fresh) for (const sql of createTables(view, this.context)) await database.run(sql);
      await saveSetting(database, 'views', JSON.stringify(wanted));
      await saveSetting(database, 'view_since', JSON.stringify(Object.fromEntries(this.since)));
      await saveSetting(database, 'definitions', JSON.stringify({ zone: this.settings.zone, views: this.views }));
      if (next !== this.final) await saveFinalState(database, next, now);
    });
    this.final = next;
  }
}

async function readExtent(database: Database): Promise<Span | null> {
  const row = await database.one('SELECT min(event_time) AS start, max(event_time) AS "end" FROM raw');
  return row === undefined || row['start'] === null ? null : { start: Number(row['start']), end: Number(row['end']) };
}

/** What the stored rows are made by: the zone and views that the shop was last opened with for writing. */
export interface StoredDefinitions {
  readonly zone: string;
  readonly views: readonly ViewPlan[];
}

/** Undefined for a shop that has none yet. */
export async function storedDefinitions(database: Session): Promise<StoredDefinitions | undefined> {
  const stored = await loadSetting(database, 'definitions');
  return stored === undefined ? undefined : (JSON.parse(stored) as StoredDefinitions);
}

/** A view made from another changes with it, and calendar windows with the shop's zone. */
function fingerprintOf(view: ViewPlan, shop: Shop): string {
  const parent = 'parent' in view.kind ? shop.view(view.kind.parent)?.fingerprint : undefined;
  return [view.fingerprint, shop.settings.zone, ...(parent === undefined ? [] : [parent])].join('/');
}

async function loadSymbols(database: Database): Promise<Symbols> {
  const [texts = []] = await database.columns('SELECT text FROM symbol ORDER BY id');
  return new Symbols(texts.map(String));
}

/** Every text that a view compares with: it must have a symbol before the view is compiled. */
function literalsOf(view: ViewPlan): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind } = value as { kind?: string };
    if (kind === 'literal') add((value as { value: Literal }).value);
    if (kind === 'among') for (const each of (value as { values: Literal[] }).values) add(each);
    if (kind === 'rename')
      for (const pair of Object.entries((value as { names: Record<string, string> }).names)) found.push(...pair);
    Object.values(value).forEach(visit);
  };
  const add = (value: Literal) => {
    if (typeof value === 'string') found.push(value);
  };
  visit(view.kind);
  visit(view.where);
  visit(view.columns);
  return found;
}
