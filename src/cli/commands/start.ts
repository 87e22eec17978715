import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { LIVE } from '../../engine/protocol/schedule.ts';
import { watchConfiguredDimensions } from '../../runtime/configured-dimensions.ts';
import { serveControl } from '../../runtime/control-server.ts';
import { dataFolder } from '../../runtime/data-folder.ts';
import { demoOf } from '../../runtime/demo.ts';
import { type DemoSnapshot, demoSnapshot } from '../../runtime/demo-snapshot.ts';
import { type OpenShop, ownShop } from '../../runtime/open-shop.ts';
import { replay } from '../../runtime/replay.ts';
import { exitNotes, startSelfVerification } from '../../runtime/self-verification.ts';
import { stopSignal } from '../../runtime/stop-signal.ts';
import { type DemoMood, frame, screenLines, statusLine } from '../demo-screen.ts';
import { APPLY_OPTION, action, examples, type Invocation, withSettings } from '../invocation.ts';
import type { Terminal } from '../output/terminal.ts';
import { positiveNumber, seconds, wholeNumber } from '../parse-option.ts';

interface Options {
  readonly rate: number;
  readonly seed?: number;
  readonly for?: number;
  readonly apply?: true;
}

/** Between two pictures, and between two lines where there is no screen. */
const PICTURE_EVERY = 1_000;
const LINE_EVERY = 5_000;

export const startCommand = (): Command =>
  withSettings(
    examples(
      new Command('start')
        .description('a made-up shop, live in the terminal, through the real engine')
        .option('--rate <n>', 'mean events a second', positiveNumber, 20)
        .option('--seed <n>', 'another shop', wholeNumber)
        .option('--apply', APPLY_OPTION)
        .option('--for <time>', 'end by itself after this, such as 30s', seconds)
        .action(action<Options>(run)),
      'start',
      'start --rate 500 --seed 7 --data ./busy-shop',
      'start --for 30s | tail -1',
    ),
  );

async function run(invocation: Invocation, _: readonly string[], options: Options): Promise<number> {
  const { config, terminal } = invocation;
  // A made-up shop must not end up in the folder that real events are replayed into by default.
  const data = config.origins.data === 'default' ? join(config.values.data, 'demo') : config.values.data;
  const stop = stopSignal(() => undefined);
  const open = await ownShop(
    { ...invocation.shop, folder: dataFolder(data), applyAtOnce: options.apply === true },
    LIVE,
  );
  try {
    const control = await serveControl(open);
    const watch = await watchConfiguredDimensions(open, config.values, (error) =>
      terminal.say(FootfallError.from(error).render()),
    );
    const verification = await startSelfVerification(open, (line) => terminal.say(line));
    try {
      await demo(open, invocation, { data, options, signal: stop.signal });
    } finally {
      await verification.stop();
      for (const line of exitNotes(verification)) terminal.say(line);
      await watch.stop();
      await control.close();
    }
  } finally {
    await open.close();
    stop.release();
  }
  for (const line of whatNext(data)) terminal.say(line);
  return stop.signal.aborted ? EXIT.interrupted.code : EXIT.ok.code;
}

interface Demo {
  readonly data: string;
  readonly options: Options;
  readonly signal: AbortSignal;
}

async function demo(
  open: OpenShop,
  { config, json, terminal }: Invocation,
  { data, options, signal }: Demo,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const { source, start, resumed } = demoOf(open, {
    seed: options.seed,
    rate: options.rate,
    trigger: config.values.trigger,
    until: options.for === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.for * 1000,
    signal: either,
  });
  terminal.say(
    resumed
      ? `going on with the shop of ${new Date(start).toISOString().slice(0, 16)}Z in ${data}`
      : `a new made-up shop in ${data}: the last 90 minutes come first`,
  );
  // Whichever ends first ends the other, and both are waited for: the database must not close under either.
  const working = replay(open, source, { close: false, signal: either });
  const showing = show(open, { data, json, terminal, signal: either });
  const ended = await Promise.allSettled([working, showing].map((each) => each.finally(() => over.abort())));
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Showing {
  readonly data: string;
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Shows the shop again and again until told to stop; a last time then where lines are printed. */
async function show(open: OpenShop, { data, json, terminal, signal }: Showing): Promise<void> {
  const picture = terminal.interactive && !json;
  const rate = rateMeter();
  const print = async (): Promise<void> => {
    const snapshot = await demoSnapshot(open);
    const mood: DemoMood = {
      eventsPerSecond: rate(snapshot.status.events, performance.now()),
      lagSeconds: lagOf(snapshot),
      data,
    };
    if (json)
      await terminal.out(
        `${JSON.stringify({ ...snapshot, events_per_second: mood.eventsPerSecond, lag_seconds: mood.lagSeconds })}\n`,
      );
    else if (picture) await terminal.out(frame(screenLines(snapshot, mood, terminal), terminal));
    else await terminal.out(`${statusLine(snapshot, mood)}\n`);
  };
  if (picture) await terminal.out('\u001b[2J\u001b[?25l');
  try {
    while (!signal.aborted) {
      await sleep(picture ? PICTURE_EVERY : LINE_EVERY, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await print();
    }
    await print();
  } finally {
    if (picture) await terminal.out('\u001b[?25h');
  }
}

const lagOf = ({ status }: DemoSnapshot): number =>
  status.last_event_time === null ? 0 : Math.max(0, (Date.now() - Date.parse(status.last_event_time)) / 1000);

/** Events a second between the last two looks. */
function rateMeter(): (events: number, now: number) => number {
  let last: { readonly events: number; readonly now: number } | undefined;
  return (events, now) => {
    const rate = last === undefined || now === last.now ? 0 : ((events - last.events) * 1000) / (now - last.now);
    last = { events, now };
    return rate;
  };
}

const whatNext = (data: string): string[] => [
  '',
  'stopped; all that was shown is stored. Next:',
  `  footfall query conversion_funnel --data ${data} --order -window_start --limit 8`,
  `  footfall verify --data ${data}`,
  '  footfall replay YOUR_EVENTS.csv --close    and then: footfall query conversion_funnel',
];
