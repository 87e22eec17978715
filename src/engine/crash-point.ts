/** Places where a crash must be survivable; tests kill the process at each of them. */
export const CRASH_POINTS = [
  'ingest.begun',
  'ingest.raw_written',
  'ingest.marks_written',
  'ingest.before_commit',
  'ingest.committed',
  'tick.before_commit',
  'tick.committed',
  'finalize.begun',
  'finalize.windows_written',
  'finalize.dirty_recomputed',
  'finalize.sessions_written',
  'finalize.before_commit',
  'finalize.committed',
  'reshape.before_commit',
  'checkpoint.begun',
  'checkpoint.done',
  'migrate.done',
  'stage.before_commit',
  'stage.committed',
  'backfill.before_commit',
  'backfill.committed',
  'switch.before_commit',
  'dimension.copied',
  'fact.written',
  'fact.applied',
] as const;
/** Those on the way of repairs, and of taking them back. */
export const REPAIR_CRASH_POINTS = [
  'repair.rows_kept',
  'repair.rows_written',
  'withdraw.rows_deleted',
  'restate.before_commit',
  'restate.committed',
] as const;
/** Those on the way of an erasure. */
export const ERASE_CRASH_POINTS = [
  'erase.begun',
  'erase.rows_changed',
  'erase.scrubbed',
  'erase.files_written',
  'erase.database_copied',
  'erase.database_swapped',
] as const;
/** Those on the way of events into the lake. */
export const LAKE_CRASH_POINTS = ['lake.files_written', 'lake.files_joined', 'lake.manifest_written'] as const;
export type CrashPoint =
  | (typeof CRASH_POINTS)[number]
  | (typeof REPAIR_CRASH_POINTS)[number]
  | (typeof ERASE_CRASH_POINTS)[number]
  | (typeof LAKE_CRASH_POINTS)[number];

const [wanted, nth] = (process.env['FOOTFALL_CRASH_AT'] ?? '').split('@');
let passes = 0;

/**
 * Kills the process here when FOOTFALL_CRASH_AT asks for it, as `point@n` for the nth pass: nothing is flushed,
 * nothing is cleaned up, just as when the power goes.
 */
export function crashPoint(point: CrashPoint): void {
  if (point !== wanted) return;
  passes += 1;
  if (passes >= Number(nth ?? 1)) process.kill(process.pid, 'SIGKILL');
}
