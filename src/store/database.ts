import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { bytesOf } from '../config/bytes.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { openFailure } from './failure.ts';
import { copyInto, replaceBy } from './rewrite-database.ts';
import { Session } from './session.ts';
import { Turn } from './turn.ts';

export interface DatabaseOptions {
  readonly path: string;
  /** Bytes with a unit, such as `600MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** True for readers that must not change anything. */
  readonly readOnly?: boolean;
}

/** How long readers may end what they do when the file is replaced under them. */
const PATIENCE: Millis = 3_000;
/** Between two looks whether a session that is being closed is. */
const BEING_CLOSED: Millis = 20;

/** How long, and how often, it is tried to go on in a file that was replaced. */
const REOPENING: Millis = 3_000;
const REOPEN_AGAIN: Millis = 100;

/** Files that this process has open: a second instance on one file would silently lose rows. */
const owned = new Set<string>();

/**
 * The one owner of a DuckDB file, with two connections: intake appends through its own, and the finalizer's transaction
 * runs beside it. Readers have connections of their own. Whoever alters a table holds both.
 */
export class Database extends Session {
  readonly path: string;
  /** The finalizer's connection. */
  readonly beside: Session;
  private instance: DuckDBInstance;
  private readonly config: Readonly<Record<string, string>>;
  private readonly intake = new Turn();
  private readonly finalizer = new Turn();
  private readonly readers = new Set<Session>();
  private readonly connecting = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;
  /** Settles when connections can be made again. */
  private replacing: Promise<void> | undefined;
  private readonly losing = Promise.withResolvers<FootfallError>();
  private gone: FootfallError | undefined;

  private constructor(
    {
      path,
      instance,
      config,
      memory,
    }: {
      readonly path: string;
      readonly instance: DuckDBInstance;
      readonly config: Readonly<Record<string, string>>;
      readonly memory: number;
    },
    connection: DuckDBConnection,
    beside: DuckDBConnection,
  ) {
    super(connection, memory);
    this.path = path;
    this.instance = instance;
    this.config = config;
    this.beside = new Session(beside, memory);
  }

  /**
   * Opens or creates the file.
   * @throws FootfallError `store.locked` when another process owns it, `store.corrupt` when it cannot be read.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const path = resolve(options.path);
    if (owned.has(path)) throw new Error(`${path} is open in this process already`);
    owned.add(path);
    let instance: DuckDBInstance | undefined;
    try {
      mkdirSync(dirname(path), { recursive: true });
      const fresh = !existsSync(path);
      const config: Readonly<Record<string, string>> = {
        memory_limit: options.memoryLimit,
        threads: String(options.threads),
        temp_directory: `${path}.tmp`,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        // Checkpoints are taken between transactions, at a size of our choosing.
        checkpoint_threshold: '1GB',
        ...(options.readOnly === true && !fresh ? { access_mode: 'READ_ONLY' } : {}),
      };
      instance = await DuckDBInstance.create(path, config);
      const memory = bytesOf(options.memoryLimit);
      return new Database({ path, instance, config, memory }, await instance.connect(), await instance.connect());
    } catch (cause) {
      instance?.closeSync();
      owned.delete(path);
      throw openFailure(cause, path);
    }
  }

  /** Resolves with `store.lost` when the file could not be opened again: all that is asked fails with that. */
  get lost(): Promise<FootfallError> {
    return this.losing.promise;
  }

  /** Runs `work` while nothing else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.finalizer.take(() => this.intake.take(work));
  }

  /** Runs `work` between two batches. */
  betweenBatches<T>(work: () => Promise<T>): Promise<T> {
    return this.intake.take(work);
  }

  /** Runs `work` between two epochs. It may wait for a place between two batches, never the other way round. */
  betweenEpochs<T>(work: () => Promise<T>): Promise<T> {
    return this.finalizer.take(work);
  }

  /**
   * Another connection, for whoever reads beside intake and finalizer. Caller gives it back.
   * @throws FootfallError `store.interrupted` when the file is being closed, `store.lost`
   */
  async connect(): Promise<Session> {
    while (this.replacing !== undefined) await this.replacing;
    if (this.gone !== undefined) throw this.gone;
    if (this.closing !== undefined) throw new FootfallError('store.interrupted', {});
    const connecting = this.instance.connect().then((connection) => {
      const session = new Session(connection, this.memory);
      this.readers.add(session);
      return session;
    });
    this.connecting.add(connecting);
    return connecting.finally(() => this.connecting.delete(connecting));
  }

  /** Takes back a connection that `connect` gave, when what it does is over or interrupted. */
  async disconnect(session: Session, how: 'wait' | 'interrupt' = 'wait'): Promise<void> {
    await session.end(how);
    this.readers.delete(session);
  }

  /**
   * Copies all that is stored into a new file, and goes on in it: blocks that were given free, and what a block held
   * before, are gone. Readers go on while it is copied; then all sessions wait until they have a connection to the new
   * file, and transactions that last longer than some seconds are cut off. Caller holds the database exclusively.
   *
   * @param onStep told when the copy is on disk, and when it is in its place
   * @throws FootfallError `store.lost` when there is no connection to either file: see `lost`
   */
  async rewrite(onStep: (step: 'copied' | 'swapped') => void = () => undefined): Promise<void> {
    const copy = await copyInto(this, this.path);
    onStep('copied');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.replacing = promise;
    try {
      await Promise.allSettled(this.connecting);
      while ([...this.readers].some(({ closed }) => closed)) await sleep(BEING_CLOSED);
      const sessions = [this, this.beside, ...this.readers];
      await Promise.all(sessions.map((session) => session.suspend(PATIENCE)));
      this.instance.closeSync();
      // Where the copy cannot take the place of the former file, that one is as good: they say the same.
      const replaced = await again(() => replaceBy(copy, this.path)).catch((error: unknown) => ({ error }));
      if (replaced === undefined) onStep('swapped');
      const connections = await again(() => this.openAgain(sessions.length)).catch((cause: unknown) => {
        throw this.lose(sessions, cause);
      });
      for (const [i, session] of sessions.entries()) session.resume(connections[i] as DuckDBConnection);
      if (replaced !== undefined) throw replaced.error;
    } finally {
      this.replacing = undefined;
      resolve();
    }
  }

  /** Opens the file that is in its place, for so many sessions. */
  private async openAgain(count: number): Promise<readonly DuckDBConnection[]> {
    // DuckDB would make an empty one.
    if (!existsSync(this.path)) throw new Error('it is not there');
    const instance = await DuckDBInstance.create(this.path, this.config);
    const connections: DuckDBConnection[] = [];
    try {
      while (connections.length < count) connections.push(await instance.connect());
    } catch (error) {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
      throw error;
    }
    this.instance = instance;
    return connections;
  }

  private lose(sessions: readonly Session[], cause: unknown): FootfallError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new FootfallError('store.lost', { path: this.path, reason }, { cause });
    this.gone = failure;
    for (const session of sessions) session.abandon(failure);
    this.losing.resolve(failure);
    return failure;
  }

  /**
   * Closes the file: writers finish first, readers are interrupted. With a connection left the instance would live on,
   * and lose rows to the next one on this file.
   */
  close(): Promise<void> {
    this.closing ??= this.exclusively(async () => {
      await Promise.allSettled(this.connecting);
      await Promise.all([...this.readers].map((session) => session.end('interrupt')));
      this.readers.clear();
      await this.beside.end('wait');
      await this.end('wait');
      if (this.gone === undefined) this.instance.closeSync();
      owned.delete(this.path);
    });
    return this.closing;
  }
}

/** Tries what the system may refuse for a moment. */
async function again<T>(work: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + REOPENING;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(REOPEN_AGAIN);
    }
  }
}
