import { join } from 'node:path';
import { Command } from 'commander';
import { createServer } from '../../api/server.ts';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Millis } from '../../core/time.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import { Reader } from '../../engine/read.ts';
import { Explorer } from '../../explorer/explorer.ts';
import type { JournalNotice } from '../../journal/event-journal.ts';
import { openCollector } from '../../runtime/collect/open-collector.ts';
import { watchConfiguredDimensions } from '../../runtime/configured-dimensions.ts';
import { serveControl } from '../../runtime/control-server.ts';
import { dataFolder } from '../../runtime/data-folder.ts';
import { demoOf } from '../../runtime/demo.ts';
import { Snapshots } from '../../runtime/explorer/snapshots.ts';
import { LiveHub } from '../../runtime/live/live-hub.ts';
import { type OpenShop, ownShop } from '../../runtime/open-shop.ts';
import { replay } from '../../runtime/replay.ts';
import { exitNotes, startSelfVerification } from '../../runtime/self-verification.ts';
import { stopSignal } from '../../runtime/stop-signal.ts';
import { versions } from '../../runtime/versions.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { wholeNumber } from '../parse-option.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly demo: boolean;
}

export const upCommand = (): Command =>
  withSettings(
    examples(
      new Command('up')
        .description('serve the shop over HTTP: take events in, answer with rows')
        .option('--port <n>', 'port to listen on; 0 = any that is free', wholeNumber, 7070)
        .option('--host <address>', 'address to listen on', '127.0.0.1')
        .option('--no-demo', 'without the made-up shop')
        .option('--no-open', 'without opening a browser')
        .action(action<Options>(run)),
      'up',
      'up --port 8080 --data ./shop',
    ),
  );

/** Live rows are told so often at most. */
const LIVE_EVERY = 1_000;

/** Events a second of the made-up shop. */
const DEMO_RATE = 20;

/** A query of the explorer is ended after this. */
const QUERY_DEADLINE = 30_000;

const now = (): number => Date.now() * 1000;

async function run(
  { config, shop: options, json, terminal }: Invocation,
  _: readonly string[],
  { port, host, demo }: Options,
): Promise<number> {
  const stop = stopSignal(() =>
    terminal.say('stopping: what is under way is finished first; Ctrl-C again stops at once'),
  );
  const ending = new AsyncDisposableStack();
  ending.defer(async () => stop.release());
  try {
    // A made-up shop must not end up in the folder of real events.
    const apart = demo && config.origins.data === 'default';
    const folder = apart ? dataFolder(join(config.values.data, 'demo')) : options.folder;
    const open = await ownShop({ ...options, folder }, LIVE);
    ending.defer(() => open.close());
    const control = await serveControl(open);
    ending.defer(() => control.close());
    const watch = await watchConfiguredDimensions(open, config.values, (error) =>
      terminal.say(FootfallError.from(error).render()),
    );
    ending.defer(() => watch.stop());
    const verification = await startSelfVerification(open, (line) => terminal.say(line));
    ending.defer(async () => {
      await verification.stop();
      for (const line of exitNotes(verification)) terminal.say(line);
    });
    const intake = await openCollector(open, now());
    ending.defer(() => intake.close());
    for (const notice of intake.notices) terminal.say(inWords(notice));
    const working = [intake.working, ...(demo ? [beginDemo(open, config.values.trigger, ending)] : [])];
    const reasons: string[] = [];
    const failed = Promise.all(working).then(
      () => undefined,
      (error: unknown) => {
        reasons.push('events are no longer taken in');
        return error;
      },
    );
    const hub = new LiveHub(open.shop, new Reader(open.shop, await open.shop.database.connect()), LIVE_EVERY);
    const copies = join(folder.path, 'explorer');
    const snapshots = new Snapshots(copies, new Reader(open.shop, await open.shop.database.connect()));
    const explorer = new Explorer(copies, QUERY_DEADLINE);
    ending.defer(async () => explorer.close());
    const served = {
      open,
      collector: intake.collector,
      keys: open.keys,
      hub,
      explorer,
      snapshots,
      now,
      countryHeader: config.values.trustedCountryHeader?.toLowerCase() ?? null,
      notReady: () => reasons,
    };
    const server = await createServer(served, versions().footfall);
    ending.defer(() => server.close());
    ending.defer(async () => hub.close());
    const url = await server.listen({ port, host }).catch((cause: NodeJS.ErrnoException) => {
      const reason = cause.code ?? cause.message;
      throw new FootfallError('server.port', { address: `${host}:${port}`, reason }, { cause });
    });
    await terminal.out(json ? `${JSON.stringify({ url })}\n` : `Footfall listens on ${url}\n`);
    if (open.keys.list().length === 0)
      terminal.say(`nobody has a key yet: footfall keys create --role ingest --data ${folder.path}`);
    const failure = await Promise.race([failed, aborted(stop.signal)]);
    if (failure !== undefined) throw failure;
    return EXIT.ok.code;
  } finally {
    await ending.disposeAsync();
  }
}

/** Runs the made-up shop beside what comes over HTTP. Settles when it has ended, or with what it failed with. */
function beginDemo(open: OpenShop, trigger: Millis, ending: AsyncDisposableStack): Promise<unknown> {
  const over = new AbortController();
  const { source } = demoOf(open, { rate: DEMO_RATE, trigger, until: Number.POSITIVE_INFINITY, signal: over.signal });
  const running = replay(open, source, { close: false, signal: over.signal });
  ending.defer(async () => {
    over.abort();
    await running.catch(() => undefined);
  });
  return running;
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));

const inWords = ({ path, bytes, kind }: JournalNotice): string =>
  kind === 'torn'
    ? `the last ${bytes} bytes of ${path} were cut off while they were written; nobody was told that they were accepted`
    : `${bytes} bytes of ${path} are damaged: the events in them are lost unless they are in the database already`;
