import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type EpochMicros, formatInstant, type Millis } from '../../core/time.ts';
import type { RunLog, RunStatus, StoredRun } from '../../store/run-log.ts';
import { Turn } from '../../store/turn.ts';
import type { OpenShop } from '../open-shop.ts';
import type { Operation } from '../operation.ts';

/** A change that was asked for, and how far it is. */
export interface Run {
  readonly id: string;
  readonly operation: string;
  readonly status: RunStatus;
  readonly begun: string;
  readonly ended: string | null;
  readonly progress: RunProgress | null;
  /** What the operation answers, once it is done. */
  readonly result: unknown;
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string; readonly where: string | null } | null;
}

/** Of operations that tell how far they are. */
export interface RunProgress {
  readonly stage: string;
  /** Between 0 and 1. */
  readonly share: number;
  /** Seconds that it will take from now on, by what it took so far; null before there is anything to tell by. */
  readonly eta_seconds: number | null;
}

/** What is asked for, and by whose request. */
export interface Asked<Input, Part, Output> {
  /** Name of the operation. */
  readonly name: string;
  /** Runs with the same one go one after the other. */
  readonly queue: string;
  readonly operation: Operation<Input, Part, Output>;
  readonly input: Input;
  /** The sender's key for this request, with whose it is. */
  readonly key?: string;
}

type RunEnd = Parameters<RunLog['end']>[1];

interface UnderWay {
  readonly over: Promise<unknown>;
  readonly began: number;
  part?: { readonly stage: string; readonly share: number };
}

/** The process was ending, or the disk full: whoever asks again has it carried out. */
const mayGoBetter = ({ code, entry }: FootfallError): boolean => code === 'store.interrupted' || entry.retry;

/**
 * Carries out changes that may take long: each goes on when nobody waits for it any more, is told of by its id, and is
 * begun once for a key however often it is asked for. What a crash interrupted, or a state that passes, is begun again by
 * whoever asks again.
 *
 * Caller must: give only operations that may be done twice.
 */
export class Runs {
  private readonly open: OpenShop;
  private readonly log: RunLog;
  private readonly now: () => EpochMicros;
  private readonly onDefect: (error: unknown) => void;
  private readonly underWay = new Map<string, UnderWay>();
  private readonly queues = new Map<string, Turn>();
  /** Ends that are not in the log so far. */
  private readonly unwritten = new Map<string, RunEnd>();
  private closed = false;

  /** @param onDefect told of what a run threw and nobody foresaw */
  constructor(open: OpenShop, log: RunLog, now: () => EpochMicros, onDefect: (error: unknown) => void) {
    this.open = open;
    this.onDefect = onDefect;
    this.log = log;
    this.now = now;
    log.interruptAll();
  }

  /**
   * Begins what is asked for, or finds what the same request began.
   * @throws FootfallError `request.idempotency` for a key that came with another input
   */
  begin<Input, Part, Output>(asked: Asked<Input, Part, Output>): { readonly id: string; readonly replayed: boolean } {
    const body = createHash('sha256')
      .update(`${asked.name} ${JSON.stringify(asked.input)}`)
      .digest('base64');
    const key = asked.key ?? null;
    if (this.unwritten.size > 0) this.write();
    const found = key === null ? undefined : this.log.ofKey(key);
    const before = found === undefined ? undefined : this.asItIs(found);
    if (before !== undefined && before.body !== '' && before.body !== body)
      throw new FootfallError('request.idempotency', {});
    if (before !== undefined && before.status !== 'interrupted') return { id: before.id, replayed: true };
    const id = before?.id ?? randomUUID();
    if (before === undefined) this.log.begin({ id, operation: asked.name, body, begun: this.now() }, key);
    else this.log.beginAgain(id, this.now());
    // What became of it before is not what becomes of it now.
    this.unwritten.delete(id);
    this.start(id, asked);
    return { id, replayed: before !== undefined };
  }

  private start<Input, Part, Output>(id: string, { queue, operation, input }: Asked<Input, Part, Output>): void {
    const emit = (part: Part): void => {
      const { stage, share } = part as { readonly stage?: unknown; readonly share?: unknown };
      if (typeof stage === 'string' && typeof share === 'number') running.part = { stage, share };
    };
    const turn = this.queues.get(queue) ?? new Turn();
    this.queues.set(queue, turn);
    const working = turn
      .take(() => operation.run(this.open, input, emit))
      .then(
        (result) => this.note(id, 'done', result),
        (thrown: unknown) => {
          const error = FootfallError.from(thrown);
          if (error.code === 'internal.bug') this.onDefect(thrown);
          const { code, message, where, params } = error;
          this.note(id, mayGoBetter(error) ? 'interrupted' : 'failed', { code, message, where, params });
        },
      )
      // An error that nobody hears would end the process.
      .catch(this.onDefect);
    const running: UnderWay = { over: working, began: performance.now() };
    this.underWay.set(id, running);
    void working.finally(() => this.underWay.delete(id));
  }

  private note(id: string, status: RunStatus, outcome: unknown): void {
    // The process ends: what it cut off is begun again by whoever asks again.
    if (this.closed) return;
    this.unwritten.set(id, { status, ended: this.now(), outcome: JSON.stringify(outcome ?? null) });
    this.write();
  }

  /** What cannot be written now, such as to a full disk, is known until the process ends, and tried again. */
  private write(): void {
    for (const [id, end] of this.unwritten) {
      try {
        this.log.end(id, end);
      } catch (error) {
        this.onDefect(error);
        return;
      }
      this.unwritten.delete(id);
    }
  }

  private asItIs(stored: StoredRun): StoredRun {
    return { ...stored, ...this.unwritten.get(stored.id) };
  }

  private find(id: string): StoredRun | undefined {
    const stored = this.log.find(id);
    return stored === undefined ? undefined : this.asItIs(stored);
  }

  /**
   * How far a run is, at its end or after so long.
   * @throws FootfallError `run.unknown`
   */
  async wait(id: string, patience: Millis): Promise<Run> {
    const { over } = this.underWay.get(id) ?? {};
    if (over !== undefined) {
      const enough = new AbortController();
      await Promise.race([over, sleep(patience, undefined, { signal: enough.signal }).catch(() => undefined)]);
      enough.abort();
    }
    const stored = this.find(id);
    if (stored === undefined) throw new FootfallError('run.unknown', { run: id });
    return this.told(stored);
  }

  /**
   * As `wait`, for whoever asked for the run.
   * @throws FootfallError what it failed with
   */
  async end(id: string, patience: Millis): Promise<Run> {
    const run = await this.wait(id, patience);
    const stored = this.find(id);
    if (run.error !== null && stored?.outcome != null) throw errorOf(stored.outcome);
    return run;
  }

  /** The newest first. */
  list(limit: number): readonly Run[] {
    return this.log.list(limit).map((stored) => this.told(this.asItIs(stored)));
  }

  /** From now on nothing is noted of what ends. */
  close(): void {
    this.closed = true;
  }

  private told({ id, operation, status, begun, ended, outcome }: StoredRun): Run {
    const said: unknown = outcome === null ? null : JSON.parse(outcome);
    return {
      id,
      operation,
      status,
      begun: formatInstant(begun),
      ended: ended === null ? null : formatInstant(ended),
      progress: progressOf(this.underWay.get(id)),
      result: status === 'done' ? said : null,
      error: status === 'done' || said === null ? null : withoutParams(said as NonNullable<Run['error']>),
    };
  }
}

const withoutParams = ({ code, message, where }: NonNullable<Run['error']>): Run['error'] => ({ code, message, where });

function errorOf(outcome: string): FootfallError {
  const { code, where, params } = JSON.parse(outcome) as Pick<FootfallError, 'code' | 'where' | 'params'>;
  return new FootfallError(code, params as never, where === null ? {} : { where });
}

function progressOf(running: UnderWay | undefined): RunProgress | null {
  if (running?.part === undefined) return null;
  const { stage, share } = running.part;
  const seconds = (performance.now() - running.began) / 1000;
  return { stage, share, eta_seconds: share <= 0 ? null : Math.max(0, Math.round((seconds * (1 - share)) / share)) };
}
