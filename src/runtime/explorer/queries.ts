import { randomUUID } from 'node:crypto';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type EpochMicros, formatInstant } from '../../core/time.ts';
import type { Explorer } from '../../explorer/explorer.ts';
import type { ExplorerRows } from '../../explorer/explorer-messages.ts';
import type { QueryOwner } from '../../store/query-store.ts';
import type { OpenShop } from '../open-shop.ts';
import type { Snapshots } from './snapshots.ts';

/** Bytes of rows that an answer may have. */
const MOST_BYTES = 16_000_000;

/** A query that somebody asks. */
export interface QueryTask {
  readonly sql: string;
  readonly limit: number;
  /** By which it may be cancelled; made up where none is given. */
  readonly id?: string | undefined;
  /** Only how it would be run is wanted. */
  readonly explain?: boolean | undefined;
}

export interface QueryAnswer extends ExplorerRows {
  readonly id: string;
  /** The oldest of the copies that were read, and each of them. */
  readonly as_of: string;
  readonly tables: readonly { readonly name: string; readonly as_of: string }[];
  readonly seconds: number;
  /** What an answer may have at most; `truncated` says which of them cut it. */
  readonly limits: { readonly rows: number; readonly bytes: number; readonly seconds: number };
}

export interface RunningQuery {
  readonly id: string;
  readonly sql: string;
  readonly since: string;
}

interface Running extends RunningQuery {
  readonly asker: QueryOwner;
  readonly over: AbortController;
}

/** Queries of strangers over HTTP: run beside the database, told while they run, cancelled, and remembered. */
export class Queries {
  private readonly open: OpenShop;
  private readonly explorer: Explorer;
  private readonly snapshots: Snapshots;
  private readonly now: () => EpochMicros;
  private readonly underWay = new Set<Running>();

  constructor(open: OpenShop, explorer: Explorer, snapshots: Snapshots, now: () => EpochMicros) {
    this.open = open;
    this.explorer = explorer;
    this.snapshots = snapshots;
    this.now = now;
  }

  /** Somebody looks at what can be asked: a question is likely. */
  prepare(): void {
    this.explorer.warmUp();
  }

  /**
   * Runs a query; aborting the signal ends it.
   * @throws FootfallError `query.refused`, `query.sql`, `query.deadline`, `query.cancelled`, `query.busy`
   */
  async run(asker: QueryOwner, task: QueryTask, gone: AbortSignal): Promise<QueryAnswer> {
    const { sql, limit, id = randomUUID(), explain = false } = task;
    const asked = this.now();
    const over = new AbortController();
    const running = { id, sql, since: formatInstant(asked), asker, over };
    this.underWay.add(running);
    const began = performance.now();
    const note = (rows: number | null, error: string | null): void =>
      this.open.queries.note(asker, { asked, sql, seconds: (performance.now() - began) / 1000, rows, error });
    try {
      // A name that is not in the text cannot be read by it: only what may be read is copied.
      const text = sql.toLowerCase();
      const tables = await this.snapshots.of(
        this.open.shop.views.filter(({ name }) => text.includes(name)),
        asked,
      );
      const signal = AbortSignal.any([gone, over.signal]);
      const answer = await this.explorer.ask({ sql, limit, explain, mostBytes: MOST_BYTES, tables }, signal);
      note(answer.rows.length, null);
      return {
        id,
        ...answer,
        as_of: formatInstant(tables.reduce((least, { taken }) => Math.min(least, taken), this.now())),
        tables: tables.map(({ name, taken }) => ({ name, as_of: formatInstant(taken) })),
        seconds: (performance.now() - began) / 1000,
        limits: { rows: limit, bytes: MOST_BYTES, seconds: this.explorer.longest / 1000 },
      };
    } catch (error) {
      note(null, FootfallError.from(error).code);
      throw error;
    } finally {
      this.underWay.delete(running);
    }
  }

  /** Those of an asker that run or wait. */
  running(asker: QueryOwner): readonly RunningQuery[] {
    return [...this.underWay].filter((each) => isOf(each, asker)).map(({ id, sql, since }) => ({ id, sql, since }));
  }

  /** Ends queries of an asker. @returns how many there were */
  cancel(asker: QueryOwner, id: string): number {
    const meant = [...this.underWay].filter((each) => each.id === id && isOf(each, asker));
    for (const { over } of meant) over.abort();
    return meant.length;
  }
}

const isOf = ({ asker }: Running, { kind, id }: QueryOwner): boolean => asker.kind === kind && asker.id === id;
