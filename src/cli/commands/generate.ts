import { join } from 'node:path';
import { Command, Option } from 'commander';
import { stopSignal } from '../../runtime/stop-signal.ts';
import { FolderSink } from '../../source/generator/folder-sink.ts';
import { generate } from '../../source/generator/generate.ts';
import { type GenerateOptions, SHAPES, type Shape } from '../../source/generator/options.ts';
import { action, examples, type Invocation } from '../invocation.ts';
import { bytesText, grouped, secondsText } from '../output/quantity.ts';
import { positiveNumber, share, wholeNumber } from '../parse-option.ts';

interface Options extends Omit<GenerateOptions, 'shape'> {
  readonly shape: Shape;
  readonly out: string;
}

export const generateCommand = (): Command =>
  examples(
    new Command('generate')
      .description("a made-up shop's events, catalogue and people as files, with a manifest of the truth")
      .addOption(new Option('--shape <shape>', 'what the events look like').choices(SHAPES).default('rees46'))
      .option('--events <n>', 'rows in all event files together', wholeNumber, 100_000)
      .option('--seed <n>', 'the same seed gives the same bytes', wholeNumber, 1)
      .requiredOption('--out <dir>', 'folder to write into')
      .option('--start <time>', 'time of the first event (default: 2019-10-01T00:00:00Z)')
      .option('--days <n>', 'event time covered, in days', positiveNumber)
      .option('--rate <n>', 'events per second of event time, instead of --days', positiveNumber)
      .option('--users <n>', 'registered people', wholeNumber)
      .option('--products <n>', 'products', wholeNumber)
      .option('--out-of-order <share>', 'share of events that arrive out of order, late ones included', share)
      .option('--late <share>', 'share of events that arrive after the watermark', share)
      .option('--lateness-minutes <n>', 'lateness that still counts as on time', positiveNumber)
      .option('--late-mean-minutes <n>', 'mean lateness beyond that', positiveNumber)
      .option('--duplicates <share>', 'share of rows that are second copies', share)
      .option('--broken <share>', 'share of rows that must be refused', share)
      .option('--bots <share>', 'share of events made by crawlers', share)
      .option('--anomalies <share>', 'share of purchases that are out of the ordinary', share)
      .option('--refunds <share>', 'share of purchases refunded later', share)
      .option('--pauses <share>', 'share of visits with a long pause', share)
      .option('--prefix <text>', 'put before each file name')
      .option('--gzip', 'compress the event files')
      .action(action<Options>(run)),
    'generate --shape rees46 --events 1000000 --seed 7 --out demo',
    'generate --shape canonical --events 100000 --late 1% --duplicates 2% --broken 0.5% --out dirty',
  );

async function run({ json, terminal }: Invocation, _: readonly string[], options: Options): Promise<void> {
  const { out, ...wanted } = options;
  const began = performance.now();
  const sink = new FolderSink(out);
  const stop = stopSignal(() => terminal.say('stopping: unfinished files are removed'));
  try {
    const manifest = await generate(generatorOptions(wanted), sink, {
      signal: stop.signal,
      onProgress: ({ rows, of, bytes }) => {
        const seconds = (performance.now() - began) / 1000;
        terminal.redraw(
          `${grouped(rows)} of ${grouped(of)} events  ${bytesText(bytes)}  ${grouped(rows / seconds)} events/s`,
        );
      },
    });
    terminal.redraw('');
    if (json) return await terminal.out(`${JSON.stringify(manifest, null, 2)}\n`);
    const { files, totals, options: used } = manifest;
    await terminal.out(
      [
        `${grouped(used.events)} rows in ${secondsText((performance.now() - began) / 1000)}: ${grouped(totals.events)} valid events, ${grouped(totals.sessions)} sessions, revenue ${totals.revenue}`,
        ...files.map(({ file, rows }) => `  ${join(out, file)}  ${grouped(rows)} rows`),
        `  ${join(out, `${used.prefix}manifest.json`)}  the truth about them`,
        `next: footfall replay ${files.map(({ file }) => join(out, file)).join(' ')} --close`,
        '',
      ].join('\n'),
    );
  } catch (error) {
    await sink.discard();
    throw error;
  } finally {
    stop.release();
  }
}

/** The generator's own options out of all that the command line holds. */
function generatorOptions(all: Omit<Options, 'out'>): GenerateOptions {
  const {
    shape,
    events,
    seed,
    start,
    days,
    rate,
    users,
    products,
    outOfOrder,
    late,
    latenessMinutes,
    lateMeanMinutes,
  } = all;
  const { duplicates, broken, bots, anomalies, refunds, pauses, prefix, gzip } = all;
  const given = {
    seed,
    start,
    days,
    rate,
    users,
    products,
    outOfOrder,
    late,
    latenessMinutes,
    lateMeanMinutes,
    duplicates,
    broken,
    bots,
    anomalies,
    refunds,
    pauses,
    prefix,
    gzip,
  };
  return { shape, events, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
