import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { EpochMicros, Millis } from '../core/time.ts';
import { storedDefinitions } from '../engine/definitions/definitions.ts';
import { recordDefinitions } from '../engine/definitions/give-definitions.ts';
import { Engine } from '../engine/engine.ts';
import type { Pace } from '../engine/protocol/schedule.ts';
import { Reader } from '../engine/read.ts';
import { storedCurrency } from '../engine/settle-currency.ts';
import { Shop, type ShopSettings } from '../engine/shop.ts';
import { loadSetting } from '../engine/state.ts';
import { Answers } from '../journey/answers.ts';
import type { AccessStore } from '../store/access/access-store.ts';
import type { ApiKeys } from '../store/api-keys.ts';
import { ControlDatabase } from '../store/control-database.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import type { QueryStore } from '../store/query-store.ts';
import type { RunLog } from '../store/run-log.ts';
import type { SinkList } from '../store/sink-list.ts';
import type { ViewPlan } from '../view/view.ts';
import { ownerAnswers } from './control-client.ts';
import type { DataFolder } from './data-folder.ts';
import { readBegun } from './erase/certificate.ts';
import { finishErasure, removeCopies } from './erase/finish-erasure.ts';
import { LettingGo } from './erase/letting-go.ts';
import { ImportFiles } from './imports/import-files.ts';
import { catchUpWithLake } from './lake/open-lake.ts';
import { pendingPlan } from './pending-plan.ts';

/** What a process has to know to open a shop. */
export interface ShopOptions {
  readonly folder: DataFolder;
  readonly settings: ShopSettings;
  readonly views: readonly ViewPlan[];
  /** Bytes with a unit, such as `600MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** What is declared otherwise than it is in force takes hold when the shop is opened to take events in. */
  readonly applyAtOnce?: boolean;
  /** Told in words what was found and put right while opening. */
  readonly say?: (line: string) => void;
}

/** A shop that this process owns. */
export interface OpenShop {
  /** Told when somebody was erased. */
  readonly lettingGo: LettingGo;
  readonly shop: Shop;
  readonly engine: Engine;
  readonly reader: Reader;
  /** A reader of its own for counting journeys, which may take long. */
  readonly counter: Reader;
  /** What was counted of the present state. */
  readonly answers: Answers;
  readonly folder: DataFolder;
  /** Keys of programs that ask over HTTP. */
  readonly keys: ApiKeys;
  /** Keys, people, and who did what. */
  readonly access: AccessStore;
  /** Changes that were asked for over HTTP. */
  readonly runs: RunLog;
  /** Queries that were saved and asked over HTTP. */
  readonly queries: QueryStore;
  /** Stores that results are copied to. */
  readonly sinks: SinkList;
  /** Waits for what is under way in the database, then gives it free. */
  close(): Promise<void>;
}

/** Answers kept of one state: some dashboards full. */
const ANSWERS = 500;

const now = (): EpochMicros => Date.now() * 1000;

/**
 * Whose zone, views and currency are declared: those given, by a process that takes events in; or those that are stored,
 * where the shop is only asked, maybe from a folder without its configuration. The definitions that were applied go on in
 * both; what is given otherwise is told.
 */
export type Definitions = 'given' | 'stored';

/**
 * Opens or creates the database, brings it up to date and reads its state.
 * @throws FootfallError `store.locked`, `store.corrupt`, `store.control`, `store.version`, `journal.facts`, `journal.copy`,
 *   `config.currency_fixed`, `lake.manifest`
 */
export async function openShop(
  { folder, settings, views, memoryLimit, threads, applyAtOnce = false, say }: ShopOptions,
  pace: Pace,
  definitions: Definitions = 'given',
): Promise<OpenShop> {
  const database = await Database.open({ path: folder.database, memoryLimit, threads });
  let control: ControlDatabase | undefined;
  try {
    await migrate(database);
    control = ControlDatabase.open(folder.control);
    const opened = control;
    const highWater = control.highWater(basename(folder.database));
    const stored = definitions === 'stored' ? await storedDefinitions(database) : undefined;
    const currency = stored === undefined ? undefined : await storedCurrency(database);
    const inForce = {
      ...settings,
      zone: stored?.zone ?? settings.zone,
      ...(currency === undefined ? {} : { currency }),
    };
    const whose = applyAtOnce && stored === undefined ? 'declared' : 'applied';
    const shop = await Shop.open(database, highWater, inForce, stored?.views ?? views, now(), whose);
    if (shop.facts.setAside !== null) say?.(tornFact(shop.facts.setAside));
    const engine = new Engine(shop, pace, now);
    await engine.followFacts();
    if (stored === undefined) {
      await engine.change(() => recordDefinitions(shop, now()));
      const pending = pendingPlan(shop.definitions, { zone: settings.zone, views });
      if (pending !== null) say?.(pending);
    }
    await catchUpWithLake({ shop, engine }, folder.path, (line) => say?.(line));
    // Whoever sent them is not sending any more.
    new ImportFiles(folder.path).sweep();
    // Whoever owned it last may have been killed.
    removeCopies(folder);
    const lettingGo = new LettingGo();
    // An erasure that was begun is finished before anybody sees the shop. Where an older copy of the database was put back,
    // who was erased since is erased from it, too.
    if (readBegun(folder.path) !== null || ((await loadSetting(database, 'rewrite')) ?? '') !== '') {
      const finishing = { shop, engine, folder, lettingGo, runs: opened.runs, queries: opened.queries };
      await finishErasure(finishing).catch((error: unknown) => {
        // Their rows are gone, and who was erased may bear a name that other things have, too: that must not close the shop
        // to everybody. It is said at each start until nothing is left.
        if (!(error instanceof FootfallError) || error.code !== 'erase.left') throw error;
        say?.(error.render());
      });
    }
    const close = async (): Promise<void> => {
      // A finalizer that failed has said so to whoever waited for it, or its work is done again after the next start.
      await engine.settled().catch(() => undefined);
      await database.close();
      opened.close();
    };
    return {
      lettingGo,
      shop,
      engine,
      reader: new Reader(shop, await database.connect()),
      counter: new Reader(shop, await database.connect()),
      answers: new Answers(ANSWERS),
      folder,
      keys: opened.keys,
      access: opened.access,
      runs: opened.runs,
      queries: opened.queries,
      sinks: opened.sinks,
      close,
    };
  } catch (error) {
    control?.close();
    if (!database.closed) await database.close();
    throw error;
  }
}

const tornFact = (path: string): string =>
  `a fact was cut off while it was written, and never counted: its bytes are in ${path}; if a dimension was being loaded, load it again`;

/** How long a short command, or a process that is just ending, may hold the file. */
const PATIENCE: Millis = 5_000;
const PAUSE: Millis = 50;

/**
 * Opens the shop to own it for long; waits for a command that is about to end, but not for an owner that serves.
 * @throws FootfallError as `openShop`
 */
export async function ownShop(options: ShopOptions, pace: Pace): Promise<OpenShop> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await openShop(options, pace);
    } catch (error) {
      const locked = error instanceof FootfallError && error.code === 'store.locked';
      if (!locked || Date.now() > deadline || (await ownerAnswers(options.folder))) throw error;
      await sleep(PAUSE);
    }
  }
}
