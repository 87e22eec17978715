import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { detach } from '../detach.ts';
import { action, examples, type Invocation } from '../invocation.ts';
import { type ServeOptions, serve, serveCommand } from '../serve.ts';

interface Options extends ServeOptions {
  readonly detach?: true;
}

export const upCommand = (): Command =>
  serveCommand(
    examples(
      new Command('up')
        .description('serve the shop over HTTP: take events in, answer with rows')
        .option('--detach', 'in the background: come back when it listens')
        .action(action<Options>(run)),
      'up --no-demo',
      'up --port 8080 --data ./shop --no-demo --no-open',
    ),
  );

async function run(invocation: Invocation, _: readonly string[], options: Options): Promise<number> {
  if (options.detach === true) return inBackground(invocation, options);
  const { json, terminal } = invocation;
  await serve(invocation, options, async ({ url, notes }) => {
    await terminal.out(json ? `${JSON.stringify({ url })}\n` : `Footfall listens on ${url}\n`);
    for (const note of notes) terminal.say(note);
  });
  return EXIT.ok.code;
}

async function inBackground({ config, shop, json, terminal }: Invocation, { demo }: Options): Promise<number> {
  const { apartFromRealEvents } = await import('../../runtime/serve/run-demo.ts');
  const { folder } = demo ? apartFromRealEvents(shop, config) : shop;
  const given = process.argv.slice(2).filter((each) => each !== '--detach');
  const started = await detach(folder, [...given, '--no-open']);
  if ('code' in started) {
    terminal.say(started.said.trimEnd());
    return started.code;
  }
  const { url, pid } = started.status;
  await terminal.out(json ? `${JSON.stringify({ url, pid })}\n` : `Footfall listens on ${url}\n`);
  terminal.say(`in the background, as process ${pid}: footfall stop --data ${folder.path} ends it`);
  return EXIT.ok.code;
}
