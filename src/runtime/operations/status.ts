import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import type { Shop } from '../../engine/shop.ts';
import { sealedText } from '../../engine/unsealed.ts';
import { operation } from '../operation.ts';

/** Where a shop stands. */
export interface StatusReport {
  /** Of the process that owns the database. */
  readonly pid: number;
  readonly events: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly late_events: number;
  /** Events of a time that was sealed: counted here, and in no table. */
  readonly sealed_events: number;
  /** What happened before it is sealed; null: nothing is. */
  readonly sealed_before: string | null;
  /** Events with money of another currency for which there is no rate: they count, their money does not. */
  readonly unconverted: number;
  readonly batch: number;
  /** Rises when the database was lost, replaced by an older copy, or rebuilt; epochs count anew. */
  readonly generation: number;
  readonly epoch: number;
  readonly watermark: string | null;
  readonly first_event_time: string | null;
  readonly last_event_time: string | null;
  readonly all_closed: boolean;
  readonly resident_mb: number;
}

const instant = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : formatInstant(at);

export const statusOf = ({ ingest, final, extent, generation, unconverted, settings }: Shop): StatusReport => ({
  pid: process.pid,
  events: ingest.events,
  rejected: ingest.rejected,
  duplicates: ingest.duplicates,
  late_events: ingest.late,
  sealed_events: ingest.sealed,
  sealed_before: sealedText({ ingest, settings }),
  unconverted,
  batch: ingest.batch,
  generation,
  epoch: final.epoch,
  watermark: instant(ingest.watermark),
  first_event_time: instant(extent?.start),
  last_event_time: instant(extent?.end),
  all_closed: final.byEnd && final.batch === ingest.batch,
  resident_mb: Math.round(process.memoryUsage.rss() / 1e6),
});

export const status = operation<Record<string, never>, never, StatusReport>({
  input: z.object({}),
  run: async ({ shop }) => statusOf(shop),
});
