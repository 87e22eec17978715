import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { vocabularies } from '../../../shop/vocabularies/vocabularies.ts';
import type { Config } from '../../config/settings.ts';
import { EXIT } from '../../core/errors/exit-code.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import { CATCH_UP, LIVE } from '../../engine/protocol/schedule.ts';
import { watchConfiguredDimensions } from '../../runtime/configured-dimensions.ts';
import { serveControl } from '../../runtime/control-server.ts';
import { ownShop } from '../../runtime/open-shop.ts';
import { type ReplayOutcome, replay } from '../../runtime/replay.ts';
import { exitNotes, startSelfVerification } from '../../runtime/self-verification.ts';
import { stopSignal } from '../../runtime/stop-signal.ts';
import { type ParseWorker, startParseWorker } from '../../source/client.ts';
import { expandPaths } from '../../source/file/expand-paths.ts';
import type { FileFormat } from '../../source/file/open-partition.ts';
import type { Pace } from '../../source/file/pace.ts';
import type { PartitionState } from '../../source/file/partition-state.ts';
import { APPLY_OPTION, action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { paceOf, pairs, positiveNumber, speed } from '../parse-option.ts';
import { progressMeter } from '../replay-progress.ts';
import { recognisedLines, replaySummary, summaryLines } from '../replay-summary.ts';

const FORMATS: readonly FileFormat[] = ['csv', 'ndjson', 'parquet'];

interface Options {
  readonly close?: true;
  readonly apply?: true;
  readonly rate?: number;
  readonly speed?: number;
  readonly map?: Readonly<Record<string, string>>;
  readonly format?: FileFormat;
}

export const replayCommand = (): Command =>
  withSettings(
    examples(
      new Command('replay')
        .description('read files to their end into the shop; stopped anywhere, the same command goes on')
        .argument('[files...]', 'CSV, NDJSON or Parquet, also gzip or zstd; globs; - for standard input')
        .option('--close', 'then close all slices, because no more input will come')
        .option('--apply', APPLY_OPTION)
        .addOption(
          new Option('--rate <n>', 'at most so many events a second').argParser(positiveNumber).conflicts('speed'),
        )
        .addOption(new Option('--speed <xN>', 'as fast as the events happened, times N').argParser(speed))
        .option('--map <field=column>', 'the column that holds a field; may be repeated', pairs)
        .addOption(
          new Option('--format <name>', 'what the files are, where their beginning does not tell').choices(FORMATS),
        )
        .action(action<Options>(run)),
      'replay 2019-Oct.csv --close',
      "replay 'events-*.ndjson.gz' --data ./shop",
      'replay oct.csv --speed x60 --map event_time=ts,user_id=customer',
      'cat oct.csv | footfall replay - --rate 5000',
    ),
  );

async function run(
  { config: { values: config }, shop: options, json, terminal }: Invocation,
  files: readonly string[],
  given: Options,
): Promise<number> {
  const paths = files.length > 0 ? files : config.csvPath === undefined ? [] : [config.csvPath];
  if (paths.length === 0)
    throw new FootfallError('cli.usage', { reason: 'name at least one file to read', command: 'replay' });
  await mustExist(paths);
  const pace = given.rate === undefined && given.speed === undefined ? configuredPace(config) : paceOf(given);
  const stop = stopSignal(() => terminal.say('stopping after this batch; Ctrl-C again stops at once'));
  const began = performance.now();
  const ending = new AsyncDisposableStack();
  ending.defer(async () => stop.release());
  try {
    const open = await ownShop(
      { ...options, applyAtOnce: given.apply === true },
      pace.kind === 'fast' ? CATCH_UP : LIVE,
    );
    ending.defer(() => open.close());
    const control = await serveControl(open);
    ending.defer(() => control.close());
    // Opened before dimensions are loaded: meanwhile it parses the first events.
    const worker = await startParseWorker({
      paths,
      vocabularies,
      map: { ...config.columns, ...given.map },
      ...(given.format === undefined ? {} : { format: given.format }),
      resume: fileStates(open.shop.ingest.progress.values()),
      pace,
      batchEvents: batchEvents(config.batchEvents, pace, config.trigger),
    });
    ending.defer(() => worker.stop());
    const watch = await watchConfiguredDimensions(open, config, (error) =>
      terminal.say(FootfallError.from(error).render()),
    );
    ending.defer(() => watch.stop());
    for (const line of recognisedLines(worker)) terminal.say(line);
    // What reads as fast as it can has no time to spare, and ends.
    if (pace.kind !== 'fast' || paths.includes('-')) {
      const verification = await startSelfVerification(open, (line) => terminal.say(line));
      ending.defer(async () => {
        await verification.stop();
        for (const line of exitNotes(verification)) terminal.say(line);
      });
    }
    const outcome = await followed(open, worker, { close: given.close === true, signal: stop.signal, terminal });
    const summary = replaySummary(open.shop, outcome, (performance.now() - began) / 1000, given.close === true);
    if (json) await terminal.out(`${JSON.stringify(summary, null, 2)}\n`);
    else await terminal.out(`${summaryLines(summary).join('\n')}\n`);
    if (outcome.ended) return EXIT.ok.code;
    terminal.say(
      `stopped at ${outcome.watermark === null ? 'the start' : formatInstant(outcome.watermark)}: ${grouped(open.shop.ingest.events)} events are stored; the same command goes on from here`,
    );
    return EXIT.interrupted.code;
  } finally {
    await ending.disposeAsync();
  }
}

async function followed(
  open: Parameters<typeof replay>[0],
  worker: ParseWorker,
  {
    close,
    signal,
    terminal,
  }: { readonly close: boolean; readonly signal: AbortSignal; readonly terminal: Invocation['terminal'] },
): Promise<ReplayOutcome> {
  const meter = progressMeter();
  try {
    return await replay(
      open,
      { batches: worker, heads: () => worker.heads(), close: () => worker.stop() },
      {
        close,
        signal,
        onBatch: (outcome) => terminal.redraw(meter(worker.progress(), outcome, performance.now(), terminal.columns)),
      },
    );
  } finally {
    terminal.redraw('');
  }
}

/** Stored progress of files: other sources keep other things with theirs. */
const fileStates = (progress: Iterable<object>): PartitionState[] =>
  [...progress].filter((each): each is PartitionState => 'fingerprintBytes' in each);

/** Told before a data folder is made for nothing. @throws FootfallError `source.missing`, `source.empty_glob` */
async function mustExist(paths: readonly string[]): Promise<void> {
  const missing = (await expandPaths(paths)).find((path) => path !== '-' && !existsSync(path));
  if (missing !== undefined) throw new FootfallError('source.missing', { path: missing });
}

/** Chunks with a pause after each, as some replays are configured, are a rate. */
const configuredPace = ({ chunkSize, sleep }: Config): Pace =>
  sleep > 0 ? { kind: 'rate', eventsPerSecond: (chunkSize * 1000) / sleep } : { kind: 'fast' };

/** A paced replay hands over what came in one trigger interval; a fast one as much as a transaction may hold. */
function batchEvents(most: number, pace: Pace, trigger: number): number {
  switch (pace.kind) {
    case 'fast':
      return most;
    case 'rate':
      return Math.max(1, Math.min(most, Math.ceil((pace.eventsPerSecond * trigger) / 1000)));
    case 'time':
      return Math.min(most, 20_000);
  }
}
