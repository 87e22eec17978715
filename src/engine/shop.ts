import { dirname } from 'node:path';
import { type CompileContext, visitorSql } from '../compile/context.ts';
import { duckdb } from '../compile/dialect/duckdb/duckdb.ts';
import { rawView } from '../compile/raw.ts';
import { STRANDS, type Strand } from '../compile/session.ts';
import type { Span } from '../compile/window.ts';
import { EVENT_TYPES } from '../core/event.ts';
import type { EpochMicros, Micros } from '../core/time.ts';
import { FactLog } from '../journal/fact-log.ts';
import type { HighWater } from '../store/control-database.ts';
import type { Database } from '../store/database.ts';
import type { Session } from '../store/session.ts';
import { literalsOf } from '../view/literals.ts';
import type { ViewPlan } from '../view/view.ts';
import { applyMissingFacts, settleFacts } from './apply-fact.ts';
import { Categories } from './categories.ts';
import { crashPoint } from './crash-point.ts';
import { type Beside, keptViews, storedBeside } from './definitions/beside.ts';
import { checkStored } from './definitions/check-stored.ts';
import { type Definitions, sameDefinitions, storedDefinitions, wordedAs } from './definitions/definitions.ts';
import { loadSince } from './definitions/since.ts';
import { takeHold } from './definitions/take-hold.ts';
import { readTombstones } from './erase/read-tombstones.ts';
import { NOBODY } from './erase/tombstones.ts';
import { settleGeneration } from './generation.ts';
import { Identity } from './identity.ts';
import { NumberedTexts } from './numbered-texts.ts';
import { Rates } from './rates.ts';
import { type RawShape, reshape } from './raw-shape.ts';
import { rehashIntake } from './rehash-intake.ts';
import { withdrawnCause } from './restate-all.ts';
import { settleCurrency } from './settle-currency.ts';
import { type FinalState, type IngestState, loadFinalState, loadIngestState, loadShape, saveSetting } from './state.ts';
import { StoredKeys } from './stored-keys.ts';
import { Symbols } from './symbols.ts';
import { storedTypes, type TypeMapping } from './vocabulary/type-mapping.ts';

/** What a shop decides about its numbers. */
export interface ShopSettings {
  /** IANA name. */
  readonly zone: string;
  readonly lateness: Micros;
  /** What becomes of late events (semantics, "Time and finality"). */
  readonly late: 'restate' | 'drop';
  /** Age after which nothing changes any more (semantics, "Sealed"); null or left out: never. */
  readonly history?: Micros | null;
  /** ISO 4217; USD where it is left out. */
  readonly currency?: string;
}

/** By whose definitions a shop is opened. */
export type Whose = 'applied' | 'declared';

/** A committed state of a shop, with a connection to read and write through. */
export interface ShopSnapshot {
  readonly database: Session;
  readonly settings: ShopSettings;
  /** Parents before the views made from them. */
  readonly views: readonly ViewPlan[];
  /** Other definitions, whose rows are kept beside; null when there are none. */
  readonly beside: Beside | null;
  readonly context: CompileContext;
  readonly ingest: IngestState;
  readonly final: FinalState;
  readonly extent: Span | null;
  /** Epochs are numbered anew in each (semantics, "Changes"). */
  readonly generation: number;
  /** By view: the epoch from which on its rows are by the definition in force; a view that is not there always was. */
  readonly since: ReadonlyMap<string, number>;
  /** How many facts have acted. */
  readonly factsApplied: number;
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
  /** With the zone of the definitions in force. */
  settings: ShopSettings;
  /** Parents before the views made from them. */
  views: readonly ViewPlan[];
  beside: Beside | null;
  readonly symbols: Symbols;
  readonly categories: Categories;
  readonly rates = new Rates();
  readonly identity: Identity;
  /** Where events come from. */
  readonly partitions: NumberedTexts;
  readonly storedKeys = new StoredKeys();
  /** How refused rows are written. */
  readonly shapes: NumberedTexts;
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
  factsApplied = 0;
  /** Who was erased. */
  tombstones = NOBODY;
  /** Words for event types and the types that they were mapped to. */
  types: TypeMapping = new Map();
  /** Whether repairs are in force for rows that were not refused yet, as when a database is made anew. */
  repairsWait = false;
  /** Why events were taken out of raw, while closed rows have not been compared with what is left; else null. */
  withdrawn: string | null = null;
  since: ReadonlyMap<string, number> = new Map();
  private readonly highWater: HighWater;

  private constructor(
    database: Database,
    highWater: HighWater,
    settings: ShopSettings,
    { zone, views }: Definitions,
    beside: Beside | null,
    symbols: Symbols,
    partitions: NumberedTexts,
    shapes: NumberedTexts,
    shape: RawShape,
    ingest: IngestState,
    final: FinalState,
  ) {
    this.database = database;
    this.highWater = highWater;
    this.settings = { ...settings, zone };
    this.views = views;
    this.beside = beside;
    this.symbols = symbols;
    this.categories = new Categories(symbols);
    this.identity = new Identity(database, symbols);
    this.partitions = partitions;
    this.shapes = shapes;
    this.facts = FactLog.in(dirname(database.path), highWater.facts);
    this.shape = shape;
    this.ingest = ingest;
    this.final = final;
    this.context = this.contextFor(shape);
  }

  /**
   * Reads the committed state, and applies the facts that the database has not seen. A database behind its high-water
   * mark starts a generation.
   *
   * @param declared zone (in `settings`) and views: a new shop is made by them
   * @param whose `applied`: a shop goes on by the definitions that its rows were made by, whatever is declared;
   *   `declared`: what differs takes hold at once, and is computed again from raw when it is next closed
   * @throws FootfallError `view.gone` when a definition in force means nothing to this version
   */
  static async open(
    database: Database,
    highWater: HighWater,
    settings: ShopSettings,
    declared: readonly ViewPlan[],
    now: EpochMicros,
    whose: Whose = 'declared',
  ): Promise<Shop> {
    crashPoint('migrate.done');
    const given: Definitions = { zone: settings.zone, views: declared };
    const stored = await storedDefinitions(database);
    if (stored !== undefined && whose === 'applied') checkStored(stored, given);
    const inForce = stored === undefined ? { ...given, views: [] } : wordedAs(stored, given);
    const beside = await storedBeside(database);
    const symbols = await loadSymbols(database);
    const known = [...inForce.views, ...(beside?.views ?? [])];
    for (const text of [...EVENT_TYPES, ...known.flatMap(literalsOf)]) symbols.idOf(text);
    const shop = new Shop(
      database,
      highWater,
      settings,
      inForce,
      beside,
      symbols,
      await NumberedTexts.load(database, 'partition'),
      await NumberedTexts.load(database, 'row_shape'),
      await loadShape(database),
      await loadIngestState(database),
      await loadFinalState(database),
    );
    shop.types = await storedTypes(database);
    await database.run(rawView(shop.shape.present, shop.shape.widths, shop.typeSymbols()));
    shop.withdrawn = await withdrawnCause(database);
    shop.extent = await readExtent(shop);
    await settleCurrency(shop);
    if ((await database.one('SELECT 1 AS found FROM raw WHERE session_id IS NULL LIMIT 1')) !== undefined)
      shop.strands = STRANDS;
    const orphan = `SELECT 1 AS found FROM raw WHERE session_id IS NOT NULL AND ${visitorSql(shop.shape.widths)} IS NULL LIMIT 1`;
    if ((await database.one(orphan)) !== undefined) shop.context = { ...shop.context, orphans: true };
    shop.generation = await settleGeneration(database, shop.final.epoch, highWater);
    shop.since = await loadSince(database);
    if (stored === undefined || (whose === 'declared' && !sameDefinitions(stored, given)))
      (await database.transaction(() => takeHold(shop, given, now)))();
    shop.noteHighWater();
    await shop.identity.load(now);
    shop.tombstones = readTombstones(shop.facts);
    await applyMissingFacts(shop);
    await settleFacts(shop);
    return shop;
  }

  /** What is in force. */
  get definitions(): Definitions {
    return { zone: this.settings.zone, views: this.views };
  }

  /** Takes definitions into use whose tables are committed. */
  keep({ zone, views }: Definitions, beside: Beside | null): void {
    this.settings = { ...this.settings, zone };
    this.views = views;
    this.beside = beside;
    this.context = this.contextFor(this.shape);
  }

  /** Notes outside the database what is committed in it. */
  noteHighWater(): void {
    this.highWater.note({ generation: this.generation, epoch: this.final.epoch });
  }

  view(name: string): ViewPlan | undefined {
    return this.views.find((each) => each.name === name || `${each.kit}.${each.name}` === name);
  }

  /** Mapped words and the types that they stand for, by their symbols. */
  typeSymbols(types = this.types): ReadonlyMap<number, number> {
    return new Map([...types].map(([word, type]) => [this.symbols.idOf(word), this.symbols.idOf(type)]));
  }

  /** Events need columns or widths that raw does not have: the tables follow, once, in a transaction of its own. */
  async settleShape(next: RawShape): Promise<void> {
    const { database, shape } = this;
    const context = this.contextFor(next);
    await database.transaction(async () => {
      await rehashIntake(database, this.final.epoch, () =>
        reshape(database, shape, next, keptViews(this), context, this.typeSymbols()),
      );
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
      await session.begin();
      // An epoch may be committed at any moment: which one is seen only the transaction itself can say.
      const final = await loadFinalState(session).catch((error: unknown) =>
        session.finish(() => Promise.reject(error)),
      );
      const { settings, views, beside, context, ingest, extent, generation, since, factsApplied, strands } = this;
      return {
        database: session,
        settings,
        views,
        beside,
        context,
        ingest,
        final,
        extent,
        generation,
        since,
        factsApplied,
        strands,
        storedKeys: this.storedKeys,
        view: (name) => this.view(name),
      };
    });
  }

  private contextFor(shape: RawShape): CompileContext {
    return this.contextOf(this.definitions, keptViews(this), shape);
  }

  /** What views are compiled with that are not in force yet. */
  contextOf({ zone }: Definitions, views: readonly ViewPlan[], { widths }: RawShape = this.shape): CompileContext {
    return {
      dialect: duckdb,
      zone,
      widths,
      symbol: (text) => this.symbols.idOf(text),
      orphans: this.context?.orphans ?? false,
      views: new Map(views.map((view) => [view.name, view])),
    };
  }
}

/** Until rows that were closed over events which are all gone follow, the watermark stands for them. */
async function readExtent({ database, withdrawn, ingest: { watermark } }: Shop): Promise<Span | null> {
  const row = await database.one('SELECT min(event_time) AS start, max(event_time) AS "end" FROM raw');
  if (row === undefined || row['start'] === null)
    return withdrawn === null || watermark === null ? null : { start: watermark, end: watermark };
  return { start: Number(row['start']), end: Number(row['end']) };
}

async function loadSymbols(database: Database): Promise<Symbols> {
  const [texts = []] = await database.columns('SELECT text FROM symbol ORDER BY id');
  return new Symbols(texts.map(String));
}
