import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { APPLY_OPTION, action, examples, type Invocation } from '../invocation.ts';
import { positiveNumber, seconds, wholeNumber } from '../parse-option.ts';
import { type Served, type ServeOptions, serve, serveCommand } from '../serve.ts';
import { showDemo } from '../show-demo.ts';

interface Options extends ServeOptions {
  readonly rate?: number;
  readonly seed?: number;
  readonly for?: number;
  readonly apply?: true;
}

export const startCommand = (): Command =>
  serveCommand(
    examples(
      new Command('start')
        .description('the server with a made-up shop, shown live in the terminal')
        .option('--rate <n>', 'mean events a second of the made-up shop', positiveNumber, 20)
        .option('--seed <n>', 'another made-up shop', wholeNumber)
        .option('--apply', APPLY_OPTION)
        .option('--for <time>', 'end by itself after this, such as 30s', seconds)
        .action(action<Options>(run)),
      'start',
      'start --rate 500 --seed 7 --data ./busy-shop',
      'start --for 30s --port 0 | tail -1',
    ),
  );

async function run(invocation: Invocation, _: readonly string[], options: Options): Promise<number> {
  const { shop, terminal } = invocation;
  const { seed, rate, for: length } = options;
  const made = {
    seed,
    ...(rate === undefined ? {} : { rate }),
    ...(length === undefined ? {} : { until: Date.now() + length * 1000 }),
  };
  let data = '';
  const ended = await serve(
    { ...invocation, shop: { ...shop, applyAtOnce: options.apply === true } },
    { ...options, made },
    async (served) => {
      data = served.open.folder.path;
      await greet(served, invocation);
      if (served.demo !== null) await showDemo(served, invocation);
    },
  );
  for (const line of whatNext(data)) terminal.say(line);
  return ended === 'stopped' ? EXIT.interrupted.code : EXIT.ok.code;
}

async function greet({ url, demo, open, notes }: Served, { json, terminal }: Invocation): Promise<void> {
  await terminal.out(json ? `${JSON.stringify({ url })}\n` : `Footfall listens on ${url}\n`);
  for (const note of notes) terminal.say(note);
  if (demo === null) return;
  const { path } = open.folder;
  terminal.say(
    demo.resumed
      ? `going on with the shop of ${new Date(demo.start).toISOString().slice(0, 16)}Z in ${path}`
      : `a new made-up shop in ${path}: the last 90 minutes come first`,
  );
}

const whatNext = (data: string): string[] => [
  '',
  'stopped; all that was shown is stored. Next:',
  `  footfall query conversion_funnel --data ${data} --order -window_start --limit 8`,
  `  footfall verify --data ${data}`,
  '  footfall replay YOUR_EVENTS.csv --close    and then: footfall query conversion_funnel',
];
