import { join } from 'node:path';
import type { Command } from 'commander';
import type { Millis } from '../core/time.ts';
import { SIGN_IN } from '../runtime/access/sign-in-path.ts';
import type { OpenShop } from '../runtime/open-shop.ts';
import { startedAgainAt, tellReady, tellServing } from '../runtime/serve/launcher-link.ts';
import type { RunningDemo } from '../runtime/serve/run-demo.ts';
import { tellStall } from '../runtime/serve/stall-report.ts';
import { watchMainThread } from '../runtime/serve/watch-main-thread.ts';
import { stopSignal } from '../runtime/stop-signal.ts';
import { versions } from '../runtime/versions.ts';
import type { Log } from '../telemetry/log.ts';
import { type Ending, endInTime } from './end-in-time.ts';
import { type Invocation, withSettings } from './invocation.ts';
import { openBrowser } from './open-browser.ts';
import { wholeNumber } from './parse-option.ts';

/** Options of every command that serves. */
export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly demo: boolean;
  readonly open: boolean;
}

export const serveCommand = (command: Command): Command =>
  withSettings(
    command
      .option('--port <n>', 'port to listen on; 0 = any that is free', wholeNumber, 7070)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--no-demo', 'without the made-up shop')
      .option('--no-open', 'without opening a browser'),
  );

/** The made-up shop that is asked for. */
export interface DemoOptions {
  readonly seed?: number | undefined;
  /** Mean events a second; 20 where nothing is said. */
  readonly rate?: number;
  /** Wall clock at which it ends, and the server with it; without it, never. */
  readonly until?: Millis;
}

/** A server that listens. */
export interface Served {
  readonly open: OpenShop;
  readonly url: string;
  readonly demo: RunningDemo | null;
  /** What whoever starts it should know. */
  readonly notes: readonly string[];
  /** Aborted when it is about to end. */
  readonly signal: AbortSignal;
}

/** Whoever asks for an end waits no longer, as those who ask machines do not: Kubernetes waits 30 s. */
const PATIENCE: Millis = 25_000;

/**
 * Serves the shop until it is asked to stop, or until its demo is over.
 * @param beside what is printed and shown meanwhile; its failure ends the server
 * @returns why it ended
 */
export async function serve(
  { config, shop, json, terminal }: Invocation,
  options: ServeOptions & { readonly made?: DemoOptions },
  beside: (served: Served) => Promise<void>,
): Promise<'stopped' | 'over'> {
  const stop = stopSignal(() =>
    terminal.say('stopping: what is under way is finished first; Ctrl-C again stops at once'),
  );
  tellServing();
  // The server is more than half of what there is to load, and no other command needs it.
  const [{ serveHttp }, { openServing }, { apartFromRealEvents, DEMO_RATE, runDemo }, { keepLake }, { scrubStorage }] =
    await Promise.all([
      import('../api/serve-http.ts'),
      import('../runtime/serve/serving.ts'),
      import('../runtime/serve/run-demo.ts'),
      import('../runtime/serve/keep-lake.ts'),
      import('../runtime/serve/scrub-storage.ts'),
    ]);
  const { until = Number.POSITIVE_INFINITY, rate = DEMO_RATE, seed } = options.made ?? {};
  const over = new AbortController();
  const ending = new AsyncDisposableStack();
  ending.defer(async () => stop.release());
  let failed: Ending['failed'];
  try {
    const serving = await openServing(options.demo ? apartFromRealEvents(shop, config) : shop, {
      config: config.values,
      ending,
      tell: (line) => terminal.say(line),
      people: terminal.progress,
    });
    const { open, readiness, log } = serving;
    ending.defer(tellCrashes(log));
    const logs = join(open.folder.path, 'logs');
    tellStall(logs, log);
    ending.defer(watchMainThread(logs));
    const demo = options.demo ? runDemo(serving, { seed, rate, until }) : null;
    const port = options.port === 0 ? (startedAgainAt() ?? 0) : options.port;
    const url = await serveHttp(serving, { host: options.host, port }, demo !== null);
    await keepLake(serving);
    await scrubStorage(serving);
    tellReady(Number(new URL(url).port));
    const again = startedAgainAt() === undefined ? {} : { after_crash: true };
    const ms = Math.round(performance.now());
    log.info({ url, pid: process.pid, version: versions().footfall, demo: demo !== null, ms, ...again }, 'listening');
    const leave = (): void => {
      log.info('asked to end');
      readiness.lacks('it is about to end');
    };
    stop.signal.addEventListener('abort', leave, { once: true });
    const signal = AbortSignal.any([stop.signal, over.signal]);
    const showing = beside({ open, url, demo, notes: notesFor(open, url), signal });
    ending.defer(async () => {
      over.abort();
      await showing.catch(() => undefined);
    });
    if (options.open && terminal.interactive) openBrowser(url);
    const ended = await Promise.race([
      readiness.failed.then((error) => {
        log.fatal({ error }, 'cannot go on');
        throw error;
      }),
      aborted(stop.signal).then(() => 'stopped' as const),
      ...(demo === null ? [] : [demo.over.then(() => 'over' as const)]),
      // That there is no more to show is no end.
      showing.then(() => aborted(signal)).then(() => 'stopped' as const),
    ]);
    over.abort();
    await showing;
    return ended;
  } catch (error) {
    failed = { with: error };
    throw error;
  } finally {
    await endInTime(ending, PATIENCE, { failed, json, say: (line) => terminal.say(line) });
  }
}

/** Who may come in where nobody is known yet. */
function notesFor({ keys, access: { accounts, links }, folder }: OpenShop, url: string): readonly string[] {
  const notes: string[] = [];
  if (keys.list().length === 0)
    notes.push(`nobody has a key yet: footfall keys create --role read --data ${folder.path}`);
  if (accounts.list().length === 0)
    notes.push(
      `the first administrator sets a password here, once and within a day: ${url}${SIGN_IN}#${links.make(null, Date.now() * 1000)}`,
    );
  return notes;
}

/** What nobody catches ends the process: the log has it first. @returns does so no longer */
function tellCrashes(log: Log): () => Promise<void> {
  const tell = (error: unknown): void => log.fatal({ error }, 'crashed');
  process.on('uncaughtExceptionMonitor', tell);
  return async () => void process.off('uncaughtExceptionMonitor', tell);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
