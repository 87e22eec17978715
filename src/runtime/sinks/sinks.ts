import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros, Millis } from '../../core/time.ts';
import type { Shop } from '../../engine/shop.ts';
import type { RefusedRow } from '../../sink/sink.ts';
import type { SinkList, StoredSink } from '../../store/sink-list.ts';
import { kindOf } from './sink-kinds.ts';
import { SinkRunner, type SinkStatus } from './sink-runner.ts';

/** How often the list is looked at: what another process changed takes effect after it. */
const LOOK: Millis = 1_000;

/** What is told of sinks in the log. */
export interface SinksLog {
  readonly failed: (sink: string, error: FootfallError, retryIn: Millis) => void;
  readonly recovered: (sink: string) => void;
  readonly refused: (sink: string, view: string, rows: readonly RefusedRow[]) => void;
}

interface Running {
  stored: StoredSink;
  readonly runner: SinkRunner;
  readonly over: AbortController;
  readonly ended: Promise<void>;
}

/** Runs the sinks of the list as the list is now: added, paused, reset and removed while the shop is served. */
export class Sinks {
  private readonly shop: Shop;
  private readonly list: SinkList;
  private readonly now: () => EpochMicros;
  private readonly log: SinksLog;
  private readonly running = new Map<string, Running>();
  /** Of sinks that cannot be begun: what was told of them. */
  private readonly told = new Map<string, string>();
  private readonly timer: NodeJS.Timeout;
  private settling: Promise<void> = Promise.resolve();

  constructor(shop: Shop, list: SinkList, now: () => EpochMicros, log: SinksLog) {
    this.shop = shop;
    this.list = list;
    this.now = now;
    this.log = log;
    this.timer = setInterval(() => this.look(), LOOK).unref();
    this.look();
  }

  /** How a sink is; undefined where it does not run. */
  statusOf(name: string): SinkStatus | undefined {
    return this.running.get(name)?.runner.status;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.settling;
    await Promise.all([...this.running.keys()].map((name) => this.stop(name)));
  }

  private look(): void {
    this.settling = this.settling.then(() => this.settle()).catch(() => undefined);
  }

  private async settle(): Promise<void> {
    const wanted = new Map(this.list.list().map((stored) => [stored.name, stored]));
    const over = [...this.running].filter(([name, { stored }]) => {
      const now = wanted.get(name);
      return now === undefined || isOther(stored, now);
    });
    await Promise.all(over.map(([name]) => this.stop(name)));
    for (const [name, stored] of wanted) {
      const running = this.running.get(name);
      if (running !== undefined) running.stored = stored;
      else if (!stored.paused) await this.begin(stored);
    }
  }

  private async begin(stored: StoredSink): Promise<void> {
    const { name, kind, anew } = stored;
    try {
      const sink = await kindOf(kind).open(stored);
      const over = new AbortController();
      const runner = new SinkRunner(this.shop, sink, stored, this.now, {
        failed: (error, retryIn) => this.log.failed(name, error, retryIn),
        recovered: () => this.log.recovered(name),
        refused: (view, rows) => this.log.refused(name, view, rows),
        madeAnew: () => void this.list.reset(name, false),
      });
      const ended = runner.run(over.signal, anew).catch((cause: unknown) => {
        // It is begun again at the next look.
        this.running.delete(name);
        this.log.failed(name, FootfallError.from(cause), LOOK);
      });
      this.running.set(name, { stored, runner, over, ended });
    } catch (cause) {
      const error = FootfallError.from(cause);
      if (this.told.get(name) !== error.code) this.log.failed(name, error, LOOK);
      this.told.set(name, error.code);
    }
  }

  private async stop(name: string): Promise<void> {
    const running = this.running.get(name);
    running?.over.abort();
    await running?.ended;
    this.running.delete(name);
  }
}

/** Whether what runs has to begin again; that it has begun anew is no change. */
const isOther = (before: StoredSink, now: StoredSink): boolean =>
  now.anew === before.anew || now.anew
    ? JSON.stringify(now) !== JSON.stringify(before)
    : JSON.stringify(now) !== JSON.stringify({ ...before, anew: false });
