import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { stopSignal } from '../../runtime/stop-signal.ts';
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

async function run(
  { config, shop, json, terminal }: Invocation,
  _: readonly string[],
  { port, host, demo }: Options,
): Promise<number> {
  const stop = stopSignal(() =>
    terminal.say('stopping: what is under way is finished first; Ctrl-C again stops at once'),
  );
  // The server is more than half of what there is to load, and no other command needs it.
  const [{ serveHttp }, { openServing }, { apartFromRealEvents, DEMO_RATE, runDemo }] = await Promise.all([
    import('../../api/serve-http.ts'),
    import('../../runtime/serve/serving.ts'),
    import('../../runtime/serve/run-demo.ts'),
  ]);
  const ending = new AsyncDisposableStack();
  ending.defer(async () => stop.release());
  try {
    const parts = { config: config.values, ending, say: (line: string) => terminal.say(line) };
    const serving = await openServing(demo ? apartFromRealEvents(shop, config) : shop, parts);
    const { open, readiness } = serving;
    const url = await serveHttp(serving, { host, port });
    if (demo) runDemo(serving, { seed: undefined, rate: DEMO_RATE, until: Number.POSITIVE_INFINITY });
    await terminal.out(json ? `${JSON.stringify({ url })}\n` : `Footfall listens on ${url}\n`);
    if (open.keys.list().length === 0)
      terminal.say(`nobody has a key yet: footfall keys create --role ingest --data ${open.folder.path}`);
    const failure = await Promise.race([readiness.failed, aborted(stop.signal)]);
    if (failure !== undefined) throw failure;
    return EXIT.ok.code;
  } finally {
    await ending.disposeAsync();
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
