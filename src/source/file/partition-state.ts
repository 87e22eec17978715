import type { PartitionProgress } from '../../core/batch.ts';

/**
 * How far a file has been read and how it is known again: stored with each batch, handed back on resume. Its
 * `partition` is the file's fingerprint, so the same content under another name or compression is the same partition.
 */
export interface PartitionState extends PartitionProgress {
  /** Path as given, or `-`. */
  readonly path: string;
  /** How many bytes of the content, from its start, the fingerprint covers. */
  readonly fingerprintBytes: number;
  /** Hash of up to 4 KiB of content before `position`; empty for a file that is converted. */
  readonly tailHash: string;
  /** Bytes of a cut last row after `position` that was reported already; -1 for none. */
  readonly cutBytes: number;
}
