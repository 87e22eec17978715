import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import type { ExplorerAnswer, ExplorerRows, ExplorerTask } from './explorer-messages.ts';
import { Places } from './places.ts';

const CHILD = fileURLToPath(new URL('./explorer-child.ts', import.meta.url));
/** Limits of the system: address space and file size in kilobytes, processor time in seconds, open files. */
const LIMITS = 'ulimit -v 4000000; ulimit -f 0; ulimit -t 60; ulimit -n 256; exec "$0" "$@"';
/** A child is replaced after so many queries, whatever they left behind. */
const QUERIES_A_CHILD = 200;

interface Child {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  queries: number;
}

/** How many queries run at once, how many may wait for them, and for how long a child waits for the next. */
export interface ExplorerLimits {
  readonly deadline: Millis;
  readonly running?: number;
  readonly waiting?: number;
  readonly idle?: Millis;
  /** How long a child may take to be ready. */
  readonly start?: Millis;
}

/** So many hold the processor and the memory that a shop can spare. */
const RUNNING = 3;
const WAITING = 16;
const IDLE: Millis = 300_000;
const START: Millis = 30_000;

/**
 * Runs queries of strangers in processes of their own: parsed and checked against an allow-list there, over copies of
 * results only, under limits of the system, and killed at the deadline. While queries are asked one child is kept warm;
 * nobody who does not ask pays for it.
 */
export class Explorer {
  private readonly folder: string;
  private readonly deadline: Millis;
  private readonly idle: Millis;
  private readonly start: Millis;
  private readonly places: Places;
  private readonly children = new Set<Child>();
  private warm: Promise<Child> | undefined;
  private cooling: NodeJS.Timeout | undefined;
  private closed = false;

  /** @param folder that queries may read; nothing else is open to them */
  constructor(
    folder: string,
    { deadline, running = RUNNING, waiting = WAITING, idle = IDLE, start = START }: ExplorerLimits,
  ) {
    this.folder = folder;
    this.deadline = deadline;
    this.idle = idle;
    this.start = start;
    this.places = new Places(running, waiting);
  }

  /** Most milliseconds that a query may take. */
  get longest(): Millis {
    return this.deadline;
  }

  /**
   * Runs a query; aborting the signal kills it.
   * @throws FootfallError `query.refused`, `query.sql`, `query.deadline`, `query.cancelled`, `query.busy`,
   *   `query.explorer`
   */
  async ask(task: ExplorerTask, signal?: AbortSignal): Promise<ExplorerRows> {
    const leave = await this.places.enter(signal);
    try {
      return await this.run(task, signal);
    } finally {
      leave();
    }
  }

  /** Somebody is about to ask: a child is made ready. */
  warmUp(): void {
    clearTimeout(this.cooling);
    this.cooling = setTimeout(() => this.cool(), this.idle).unref();
    if (this.warm !== undefined || this.closed) return;
    const warm = this.begin();
    this.warm = warm;
    // Whoever took it is told; who asks later begins another.
    warm.catch(() => {
      if (this.warm === warm) this.warm = undefined;
    });
  }

  private async run(task: ExplorerTask, signal: AbortSignal | undefined): Promise<ExplorerRows> {
    const child = await this.take();
    const kill = (): void => void child.process.kill('SIGKILL');
    const timer = setTimeout(kill, this.deadline);
    signal?.addEventListener('abort', kill, { once: true });
    // It may have been given up while a child was started.
    if (signal?.aborted === true) kill();
    const began = performance.now();
    try {
      child.process.stdin?.write(`${JSON.stringify(task)}\n`);
      const { value, done } = await child.lines.next();
      if (done === true) throw this.ended(performance.now() - began, signal);
      return rowsOf(JSON.parse(value) as ExplorerAnswer);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      this.giveBack(child);
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.cooling);
    for (const { process } of this.children) process.kill('SIGKILL');
  }

  private ended(after: Millis, signal: AbortSignal | undefined): FootfallError {
    if (signal?.aborted === true) return new FootfallError('query.cancelled', {});
    return after >= this.deadline
      ? new FootfallError('query.deadline', { seconds: this.deadline / 1000 })
      : new FootfallError('query.sql', { reason: 'it needs more memory than a query may have' });
  }

  /** Nobody has asked for long: the warm child goes. */
  private cool(): void {
    const { warm } = this;
    this.warm = undefined;
    warm?.then(({ process }) => process.kill('SIGKILL')).catch(() => undefined);
  }

  private async take(): Promise<Child> {
    const warm = this.warm ?? this.begin();
    this.warm = undefined;
    const child = await warm;
    if (child.process.exitCode === null && child.process.signalCode === null) return child;
    return this.begin();
  }

  private giveBack(child: Child): void {
    child.queries += 1;
    const alive = child.process.exitCode === null && !child.process.killed;
    if (alive && this.warm === undefined && child.queries < QUERIES_A_CHILD) this.warm = Promise.resolve(child);
    else child.process.kill('SIGKILL');
    this.warmUp();
  }

  /** @throws FootfallError `query.explorer` */
  private async begin(): Promise<Child> {
    const args = ['-c', LIMITS, process.execPath, '--disable-warning=ExperimentalWarning', CHILD, this.folder];
    const made: ChildProcess = spawn('/bin/sh', args, {
      cwd: this.folder,
      env: { UV_THREADPOOL_SIZE: '4' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const failed = new Promise<never>((_, reject) => {
      made.once('error', (cause) => reject(new FootfallError('query.explorer', {}, { cause })));
    });
    // Of a child that was ready once, its end tells.
    failed.catch(() => undefined);
    // Where the system has no more open files to give, it has neither of them.
    made.stdin?.on('error', () => undefined);
    if (made.stdout == null) return failed;
    const lines = createInterface({ input: made.stdout })[Symbol.asyncIterator]();
    const child: Child = { process: made, lines, queries: 0 };
    this.children.add(child);
    made.once('exit', () => this.children.delete(child));
    made.unref();
    const timer = setTimeout(() => made.kill('SIGKILL'), this.start);
    try {
      const { done } = await Promise.race([lines.next(), failed]);
      if (done === true) throw new FootfallError('query.explorer', {});
      return child;
    } catch (error) {
      this.children.delete(child);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @throws FootfallError `query.refused`, `query.sql` */
function rowsOf(answer: ExplorerAnswer): ExplorerRows {
  if ('rows' in answer) return answer;
  const where = answer.where === null ? {} : { where: answer.where };
  throw 'refused' in answer
    ? new FootfallError('query.refused', { reason: answer.refused }, where)
    : new FootfallError('query.sql', { reason: answer.failed }, where);
}
