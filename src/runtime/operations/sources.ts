import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import { operation } from '../operation.ts';
import { pathOf } from './quarantine.ts';

/** One partition that was read, and how far. */
export interface SourceReport {
  readonly partition: string;
  readonly path: string | null;
  /** Next position to read: bytes, or rows for Parquet. */
  readonly position: number;
  /** Its largest event_time. */
  readonly clock: string | null;
  readonly ended: boolean;
  /** Number of the load that it belongs to; null when it counts for the watermark. */
  readonly load: number | null;
}

/** Every partition with its position. */
export const sources = operation<Record<string, never>, never, readonly SourceReport[]>({
  input: z.object({}),
  run: async ({ shop }) =>
    [...shop.ingest.progress.values()].map((progress) => ({
      partition: progress.partition,
      path: pathOf(progress),
      position: progress.position,
      clock: progress.clock === null ? null : formatInstant(progress.clock),
      ended: progress.ended,
      load: progress.load,
    })),
});
