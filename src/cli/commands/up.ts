import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { action, examples, type Invocation } from '../invocation.ts';
import { type ServeOptions, serve, serveCommand } from '../serve.ts';

export const upCommand = (): Command =>
  serveCommand(
    examples(
      new Command('up')
        .description('serve the shop over HTTP: take events in, answer with rows')
        .action(action<ServeOptions>(run)),
      'up --no-demo',
      'up --port 8080 --data ./shop --no-demo --no-open',
    ),
  );

async function run(invocation: Invocation, _: readonly string[], options: ServeOptions): Promise<number> {
  const { json, terminal } = invocation;
  await serve(invocation, options, async ({ url, notes }) => {
    await terminal.out(json ? `${JSON.stringify({ url })}\n` : `Footfall listens on ${url}\n`);
    for (const note of notes) terminal.say(note);
  });
  return EXIT.ok.code;
}
