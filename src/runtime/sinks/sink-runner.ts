import { setTimeout as sleep } from 'node:timers/promises';
import { type Cursor, formatCursor } from '../../core/cursor.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros, Millis } from '../../core/time.ts';
import { Reader } from '../../engine/read.ts';
import type { Shop } from '../../engine/shop.ts';
import type { RefusedRow, Sink } from '../../sink/sink.ts';
import type { StoredSink } from '../../store/sink-list.ts';
import type { ViewPlan } from '../../view/view.ts';
import { findView } from '../find-view.ts';
import { type Copied, ViewCopy } from './copy-view.ts';
import { viewsFor } from './sink-table.ts';

/** How a view's copy is. */
export interface CopyStatus {
  readonly view: string;
  /** Null until it is known. */
  readonly cursor: string | null;
  /** Epochs that it does not have yet; all of them where it holds nothing. */
  readonly behind: number;
  /** Since this process began. */
  readonly upserts: number;
  readonly deletes: number;
  readonly refused: number;
}

/** How a sink is. */
export interface SinkStatus {
  readonly state: 'starting' | 'running' | 'waiting' | 'paused';
  /** Why it waits; null while it does not. */
  readonly error: { readonly code: string; readonly message: string; readonly since: EpochMicros } | null;
  readonly copies: readonly CopyStatus[];
}

const LOOK: Millis = 200;
const LIVE_EVERY: Millis = 2_000;
const RETRY_FIRST: Millis = 500;
const RETRY_MOST: Millis = 30_000;

/** What the runner says beside its status. */
export interface SinkNews {
  readonly failed: (error: FootfallError, retryIn: Millis) => void;
  readonly recovered: () => void;
  readonly refused: (view: string, rows: readonly RefusedRow[]) => void;
  /** All copies were made anew. */
  readonly madeAnew: () => void;
}

/** What no view can do anything about. */
const OF_THE_STORE: readonly string[] = ['sink.unreachable', 'sink.access', 'sink.version'];

interface Tally {
  cursor: Cursor | null;
  upserts: number;
  deletes: number;
  refused: number;
}

/**
 * Keeps one sink as the shop is, over a connection of its own: neither the engine nor another sink waits for it. What
 * fails is tried again, later and later; nothing is lost meanwhile, as the shop keeps what changed.
 */
export class SinkRunner {
  private readonly shop: Shop;
  private readonly sink: Sink;
  private readonly stored: StoredSink;
  private readonly news: SinkNews;
  private readonly now: () => EpochMicros;
  private readonly copies = new Map<ViewPlan, ViewCopy>();
  private readonly tallies = new Map<string, Tally>();
  private error: SinkStatus['error'] = null;
  private begun = false;
  /** Copies that are to be made anew. */
  private toReset = new Set<string>();

  constructor(shop: Shop, sink: Sink, stored: StoredSink, now: () => EpochMicros, news: SinkNews) {
    this.shop = shop;
    this.sink = sink;
    this.stored = stored;
    this.now = now;
    this.news = news;
  }

  get status(): SinkStatus {
    const { generation, final } = this.shop;
    const copies = [...this.tallies].map(([view, { cursor, ...counts }]) => ({
      view,
      cursor: cursor === null ? null : formatCursor(cursor),
      behind: cursor?.generation === generation ? final.epoch - cursor.epoch : final.epoch,
      ...counts,
    }));
    return {
      state: this.error !== null ? 'waiting' : this.begun ? 'running' : 'starting',
      error: this.error,
      copies,
    };
  }

  /** Runs until it is told to stop. @param anew all copies are made again first */
  async run(signal: AbortSignal, anew: boolean): Promise<void> {
    const session = await this.shop.database.connect();
    const reader = new Reader(this.shop, session);
    // What is under way in the store is cut off: it may take as long as the store likes.
    const cutOff = (): void => void this.sink.close();
    signal.addEventListener('abort', cutOff, { once: true });
    if (anew) this.toReset = new Set(this.views().map(({ name }) => name));
    let [wait, lastLive] = [RETRY_FIRST, Number.NEGATIVE_INFINITY];
    try {
      while (!signal.aborted) {
        try {
          const live = performance.now() - lastLive >= LIVE_EVERY;
          await this.round(reader, live, signal);
          if (live) lastLive = performance.now();
          if (this.error !== null) this.news.recovered();
          [wait, this.error, this.begun] = [RETRY_FIRST, null, true];
          await pause(LOOK, signal);
        } catch (cause) {
          if (signal.aborted) return;
          const error = FootfallError.from(cause);
          if (this.error?.code !== error.code) this.news.failed(error, wait);
          this.error = { code: error.code, message: error.message, since: this.error?.since ?? this.now() };
          await pause(wait, signal);
          wait = Math.min(RETRY_MOST, wait * 2);
        }
      }
    } finally {
      signal.removeEventListener('abort', cutOff);
      await this.sink.close();
      await this.shop.database.disconnect(session, 'interrupt');
    }
  }

  /** Looks at all views; one that fails keeps no other waiting, unless it is the store that does. */
  private async round(reader: Reader, live: boolean, signal: AbortSignal): Promise<void> {
    let failure: FootfallError | undefined;
    const views = this.views();
    for (const plan of this.copies.keys()) if (!views.includes(plan)) this.copies.delete(plan);
    for (const name of this.tallies.keys()) if (!views.some((each) => each.name === name)) this.tallies.delete(name);
    for (const view of views) {
      if (signal.aborted) return;
      // A view that was defined otherwise is another plan: its table follows.
      const copy = this.copies.get(view) ?? new ViewCopy(this.sink, view);
      this.copies.set(view, copy);
      try {
        await this.look(copy, view.name, reader, live);
      } catch (cause) {
        copy.forget();
        const error = FootfallError.from(cause);
        if (OF_THE_STORE.includes(error.code)) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    const missing = (this.stored.views ?? []).find((name) => this.shop.view(name) === undefined);
    if (missing !== undefined) findView(this.shop, missing);
  }

  private async look(copy: ViewCopy, name: string, reader: Reader, live: boolean): Promise<void> {
    if (this.toReset.has(name)) {
      await copy.reset(reader);
      this.toReset.delete(name);
      if (this.toReset.size === 0) this.news.madeAnew();
    }
    const done = await copy.copy(reader, live, this.now());
    if (done !== null) this.count(name, done);
  }

  private views(): readonly ViewPlan[] {
    return viewsFor(this.shop, this.stored.views);
  }

  private count(view: string, { cursor, upserts, deletes, refused }: Copied): void {
    const tally = this.tallies.get(view) ?? { cursor: null, upserts: 0, deletes: 0, refused: 0 };
    tally.cursor = cursor;
    tally.upserts += upserts;
    tally.deletes += deletes;
    tally.refused += refused.length;
    this.tallies.set(view, tally);
    if (refused.length > 0) this.news.refused(view, refused);
  }
}

const pause = (time: Millis, signal: AbortSignal): Promise<void> =>
  sleep(time, undefined, { signal }).catch(() => undefined);
