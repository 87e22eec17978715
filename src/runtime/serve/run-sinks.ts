import type { RefusedRow } from '../../sink/sink.ts';
import { Sinks } from '../sinks/sinks.ts';
import { tellSinks } from '../sinks/sinks-facts.ts';
import type { Serving } from './serving.ts';

/** Copies results to the stores of others. */
export function runSinks({ open, ending, now, log, say }: Serving): void {
  const sinks = new Sinks(open.shop, open.sinks, now, {
    failed: (sink, error, retryIn) => {
      log.warn({ sink, error, retry_in_ms: retryIn }, 'sink waits');
      say(`sink ${sink} waits: ${error.message}`);
    },
    recovered: (sink) => say(`sink ${sink} goes on`),
    refused: (sink, view, rows) =>
      log.error({ sink, view, rows: rows.length, reasons: reasonsOf(rows) }, 'rows that a store refuses'),
  });
  tellSinks(open, sinks);
  ending.defer(() => sinks.close());
}

/** Each once, and without the values that a store repeats: a log outlives whoever they say something of. */
const reasonsOf = (rows: readonly RefusedRow[]): readonly string[] => [
  ...new Set(rows.map(({ reason }) => reason.replaceAll(/"[^"]*"/g, '"..."'))),
];
