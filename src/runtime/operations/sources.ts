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
  /** Of a live source that has handed over all there is: since when nothing has come. */
  readonly at_head_since: string | null;
  /** Number of the load that it belongs to; null when it counts for the watermark. */
  readonly load: number | null;
}

/** Every partition with its position. */
export const sources = operation<Record<string, never>, never, readonly SourceReport[]>({
  input: z.object({}),
  run: async ({ shop, engine }) => {
    const heads = engine.heads();
    const since = (partition: string): string | null => {
      const at = heads.get(partition);
      return at === undefined ? null : formatInstant(at);
    };
    return [...shop.ingest.progress.values()].map((progress) => ({
      partition: progress.partition,
      path: pathOf(progress),
      position: progress.position,
      clock: progress.clock === null ? null : formatInstant(progress.clock),
      ended: progress.ended,
      at_head_since: progress.ended ? null : since(progress.partition),
      load: progress.load,
    }));
  },
});
