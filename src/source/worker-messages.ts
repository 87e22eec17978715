import type { EventBatch } from '../core/batch.ts';
import type { ErrorCode } from '../core/errors/catalogue/catalogue.ts';
import type { FileSourceOptions, SourceHead, SourceNotice, SourceProgress } from './file/file-source.ts';
import type { RecognisedFile } from './file/open-partition.ts';
import type { PartitionState } from './file/partition-state.ts';

/** What the parse worker is started with. */
export interface ParseJob {
  readonly source: FileSourceOptions;
  readonly batchEvents: number;
}

/** What the parse worker says. */
export type FromWorker =
  | {
      readonly kind: 'opened';
      readonly recognised: readonly RecognisedFile[];
      readonly notices: readonly SourceNotice[];
      readonly partitions: readonly PartitionState[];
    }
  | { readonly kind: 'batch'; readonly batch: EventBatch; readonly progress: SourceProgress }
  | { readonly kind: 'head'; readonly head: SourceHead }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly params: Readonly<Record<string, string | number>> };

/** What the parse worker is told: one batch was consumed, or to stop. */
export type ToWorker = { readonly kind: 'credit' } | { readonly kind: 'stop' };

/** Batches that may be under way between the worker and its consumer. */
export const CREDITS = 3;
