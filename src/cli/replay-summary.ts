import { formatInstant } from '../core/time.ts';
import type { Shop } from '../engine/shop.ts';
import type { ReplayOutcome } from '../runtime/replay.ts';
import type { ParseWorker } from '../source/client.ts';
import { grouped, secondsText } from './output/quantity.ts';
import { visible } from './output/width.ts';

/** What a replay came to, as `--json` prints it. */
export interface ReplaySummary {
  readonly events: number;
  readonly rejected: number;
  readonly rejected_by_code: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly late_events: number;
  /** Events of a time that was sealed: in no table. */
  readonly sealed_events: number;
  /** Events of this replay with money of another currency for which there was no rate. */
  readonly unconverted: number;
  readonly seconds: number;
  readonly events_per_second: number;
  readonly watermark: string | null;
  /** True when this was history read into a shop that is ahead. */
  readonly load: boolean;
  /** False when it was stopped before the end of the input. */
  readonly ended: boolean;
  readonly closed: boolean;
  /** Of the shop, all sources together. */
  readonly total_events: number;
}

export function replaySummary(shop: Shop, outcome: ReplayOutcome, seconds: number, close: boolean): ReplaySummary {
  return {
    events: outcome.events,
    rejected: outcome.rejected,
    rejected_by_code: outcome.rejectedByCode,
    duplicates: outcome.duplicates,
    late_events: outcome.late,
    sealed_events: outcome.sealed,
    unconverted: outcome.unconverted,
    seconds: Math.round(seconds * 1000) / 1000,
    events_per_second: Math.round((outcome.events + outcome.rejected) / seconds),
    watermark: outcome.watermark === null ? null : formatInstant(outcome.watermark),
    load: outcome.load !== null,
    ended: outcome.ended,
    closed: close && outcome.ended,
    total_events: shop.ingest.events,
  };
}

export function summaryLines(summary: ReplaySummary): string[] {
  const lines = [
    `${grouped(summary.events)} events in ${secondsText(summary.seconds)} (${grouped(summary.events_per_second)}/s); ${grouped(summary.total_events)} in the shop`,
  ];
  if (summary.duplicates > 0) lines.push(`${grouped(summary.duplicates)} copies of events that were there already`);
  if (summary.late_events > 0) lines.push(`${grouped(summary.late_events)} came late`);
  if (summary.sealed_events > 0)
    lines.push(
      `${grouped(summary.sealed_events)} of a time that is sealed: counted, and in no table (setting history)`,
    );
  if (summary.unconverted > 0)
    lines.push(
      `${grouped(summary.unconverted)} with money of another currency without a rate: it is in no sum until footfall dimensions load rates FILE`,
    );
  if (summary.rejected > 0) {
    lines.push(`${grouped(summary.rejected)} refused, kept in quarantine:`);
    for (const [code, count] of Object.entries(summary.rejected_by_code).sort(([, a], [, b]) => b - a))
      lines.push(`  ${code}  ${grouped(count)}`);
  }
  if (summary.load) lines.push('read as a load: older than what the shop has seen');
  if (summary.ended) {
    lines.push(
      summary.closed
        ? 'all slices are closed'
        : `slices after ${summary.watermark ?? 'the first event'} are still open: more may come, or close them with --close`,
    );
  }
  return lines;
}

/** Which files were recognised as what, with the columns that count. */
export function recognisedLines({ recognised, notices }: Pick<ParseWorker, 'recognised' | 'notices'>): string[] {
  const files = recognised.map(({ path, format, packing, mapping, columns, resumedAt }) => {
    const renamed = Object.entries(mapping.fields)
      .filter(([source]) => columns.includes(source))
      .map(([source, fields]) =>
        fields.length === 1 && fields[0] === source ? source : `${source} → ${fields.join(', ')}`,
      );
    const kept = columns.filter((column) => mapping.fields[column] === undefined);
    const rest = kept.length === 0 ? '' : `; kept as properties: ${kept.join(', ')}`;
    const from = resumedAt === 0 ? '' : `, goes on at ${grouped(resumedAt)}`;
    return visible(
      `${path}: ${mapping.label}, ${format}${packing === 'plain' ? '' : ` (${packing})`}${from}: ${renamed.join(', ')}${rest}`,
    );
  });
  const notes = notices.map(({ kind, path, as }) =>
    visible(kind === 'empty' ? `${path}: empty` : `${path}: same content as ${as ?? 'another file'}, read once`),
  );
  return [...files, ...notes];
}
