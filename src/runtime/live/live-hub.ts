import { setImmediate } from 'node:timers/promises';
import { isStored } from '../../compile/tables.ts';
import { type Cursor, formatCursor } from '../../core/cursor.ts';
import type { Millis } from '../../core/time.ts';
import { changesSince } from '../../engine/changes.ts';
import type { Reader, Reading } from '../../engine/read.ts';
import type { Shop } from '../../engine/shop.ts';
import type { Change } from '../../store/change.ts';
import { Turn } from '../../store/turn.ts';
import type { Json } from '../../store/value.ts';
import type { ViewPlan } from '../../view/view.ts';
import { timeColumn } from '../rows/view-columns.ts';

/** Live rows of a view that are sent: the newest. */
const LIVE_ROWS = 500;

/** The last message: who has heard it comes back soon, with the cursor that it has. */
const END = Buffer.from('retry: 1000\nevent: end\ndata: {}\n\n');

/** Listeners that are told without a pause: in between, requests are answered. */
const AT_ONCE = 50;

/** A listener to some views. */
export interface Listener {
  readonly views: readonly ViewPlan[];
  /** Takes a message, the same bytes as all others are given; false when the listener is too slow to be waited for. */
  readonly send: (text: Uint8Array) => boolean;
  /** Told when it is dropped. */
  readonly drop: () => void;
  /** Told when nothing more will come, after what it was sent. */
  readonly end: () => void;
}

interface Arrival {
  readonly listener: Listener;
  readonly since: Cursor | null;
}

/** What a message says of one view. */
type Message =
  | { readonly kind: 'snapshot' | 'changes'; readonly entries: readonly Change[] }
  | { readonly kind: 'live'; readonly rows: readonly Readonly<Record<string, Json>>[]; readonly more: boolean };

/**
 * Tells listeners what changes, computed and written down once for all of them: final rows by whole epochs, and rows of
 * open slices at most once a second. Those who come together are welcomed together. It reads as any dashboard does: neither the engine nor another listener waits for a slow one.
 */
export class LiveHub {
  private readonly shop: Shop;
  private readonly reader: Reader;
  private readonly turn = new Turn();
  private readonly listeners = new Set<Listener>();
  private readonly told = new Map<string, Cursor>();
  private readonly live = new Map<string, Buffer>();
  private arriving: Arrival[] = [];
  private welcoming: Promise<void> | undefined;
  private batch = -1;
  /** How often it was told to forget: what was read before may not be told after. */
  private forgotten = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(shop: Shop, reader: Reader, every: Millis) {
    this.shop = shop;
    this.reader = reader;
    this.timer = setInterval(() => void this.look(), every).unref();
  }

  get size(): number {
    return this.listeners.size;
  }

  /**
   * Begins to tell a listener: what changed since its cursor or, without one, everything; then what changes.
   * @returns ends it
   */
  async join(listener: Listener, since: Cursor | null): Promise<() => void> {
    this.arriving.push({ listener, since });
    this.welcoming ??= this.turn.take(() => this.welcome());
    await this.welcoming;
    return () => this.leave(listener);
  }

  /** A thousand dashboards come back at once when a server was away: what they missed is read once. */
  private async welcome(): Promise<void> {
    const { arriving: arrived, forgotten } = this;
    this.arriving = [];
    this.welcoming = undefined;
    const missed = new Map<string, Buffer>();
    const whatMissed = (view: ViewPlan, since: Cursor | null): string =>
      `${view.name} ${since === null ? '' : formatCursor(since)}`;
    await this.reader.ask([], async (reading) => {
      for (const { listener, since } of arrived)
        for (const view of listener.views) {
          if (missed.has(whatMissed(view, since))) continue;
          const { text, cursor } = await finalMessage(reading, view, since);
          missed.set(whatMissed(view, since), text);
          // Others are told from where they are: what overlaps says the same again.
          if (!this.told.has(view.name)) this.told.set(view.name, cursor);
        }
    });
    await pausing(arrived, ({ listener, since }) => {
      if (this.forgotten !== forgotten) {
        listener.drop();
        return;
      }
      for (const view of listener.views)
        for (const text of [missed.get(whatMissed(view, since)), this.live.get(view.name)])
          if (text !== undefined) listener.send(text);
      if (this.timer === undefined) part(listener);
      else this.listeners.add(listener);
    });
    this.batch = -1;
  }

  /** Drops all listeners and what was told: somebody was erased, and whoever comes back begins anew. */
  forget(): void {
    this.forgotten += 1;
    for (const { drop } of this.listeners) drop();
    this.listeners.clear();
    this.told.clear();
    this.live.clear();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const listener of this.listeners) part(listener);
    this.listeners.clear();
  }

  private leave(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    // Whoever comes next is told of then, not of now.
    this.told.clear();
    this.live.clear();
  }

  private look(): Promise<void> {
    const { ingest, final } = this.shop;
    const behind = [...this.told.values()].some(({ epoch }) => epoch !== final.epoch);
    if (this.listeners.size === 0 || (ingest.batch === this.batch && !behind)) return Promise.resolve();
    this.batch = ingest.batch;
    return this.turn.take(() => this.tell()).catch(() => undefined);
  }

  private async tell(): Promise<void> {
    const wanted = new Map<string, ViewPlan>();
    for (const { views } of this.listeners) for (const view of views) wanted.set(view.name, view);
    for (const known of [this.told, this.live])
      for (const name of known.keys()) if (!wanted.has(name)) known.delete(name);
    const { forgotten } = this;
    const messages = new Map<string, readonly Buffer[]>();
    await this.reader.ask([...wanted.values()], async (reading) => {
      for (const view of wanted.values()) messages.set(view.name, await this.newsOf(reading, view));
    });
    if (this.forgotten !== forgotten) {
      this.told.clear();
      this.live.clear();
      return;
    }
    await pausing([...this.listeners], (listener) => {
      // It may have gone since.
      if (!this.listeners.has(listener)) return;
      const texts = listener.views.flatMap(({ name }) => messages.get(name) ?? []);
      if (texts.every((text) => listener.send(text))) return;
      this.leave(listener);
      listener.drop();
    });
  }

  private async newsOf(reading: Reading, view: ViewPlan): Promise<readonly Buffer[]> {
    const news: Buffer[] = [];
    const before = this.told.get(view.name) ?? null;
    if (before?.epoch !== reading.final.epoch || before.generation !== reading.generation) {
      const { text, cursor, empty } = await finalMessage(reading, view, before);
      if (!empty) news.push(text);
      this.told.set(view.name, cursor);
    }
    const text = await liveMessage(reading, view);
    if (this.live.get(view.name)?.equals(text) !== true) news.push(text);
    this.live.set(view.name, text);
    return news;
  }
}

async function finalMessage(
  reading: Reading,
  view: ViewPlan,
  since: Cursor | null,
): Promise<{ readonly text: Buffer; readonly cursor: Cursor; readonly empty: boolean }> {
  const cursor: Cursor = { generation: reading.generation, epoch: reading.final.epoch };
  // A projection has a row an event: it is read in pages, and nothing is told of it.
  if (!isStored(view)) return { text: message(view, cursor, { kind: 'changes', entries: [] }), cursor, empty: true };
  const found = changesSince(reading, view, since);
  const entries: Change[] = [];
  for await (const block of found.blocks) entries.push(...block);
  const text = message(view, found.cursor, { kind: found.kind, entries });
  return { text, cursor: found.cursor, empty: found.kind === 'changes' && entries.length === 0 };
}

async function liveMessage(reading: Reading, view: ViewPlan): Promise<Buffer> {
  const cursor: Cursor = { generation: reading.generation, epoch: reading.final.epoch };
  const time = timeColumn(view);
  const newest = time === undefined ? '' : ` ORDER BY "${time}" DESC`;
  const sql = `SELECT * FROM ${view.name} WHERE NOT is_final${newest} LIMIT ${LIVE_ROWS + 1}`;
  const rows = isStored(view) ? await reading.database.jsonRows(sql) : [];
  return message(view, cursor, { kind: 'live', rows: rows.slice(0, LIVE_ROWS), more: rows.length > LIVE_ROWS });
}

/** Does something for each, with pauses in which others have their turn. */
async function pausing<T>(all: readonly T[], work: (each: T) => void): Promise<void> {
  for (const [i, each] of all.entries()) {
    if (i > 0 && i % AT_ONCE === 0) await setImmediate();
    work(each);
  }
}

function part({ send, end }: Listener): void {
  send(END);
  end();
}

/** As server-sent events have it. Its id is what a listener that comes back begins from. */
const message = (view: ViewPlan, cursor: Cursor, { kind, ...rest }: Message): Buffer =>
  Buffer.from(`event: ${kind}\nid: ${formatCursor(cursor)}\ndata: ${JSON.stringify({ view: view.name, ...rest })}\n\n`);
