import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import { loadChecked } from '../../engine/self-verify.ts';
import { operation } from '../operation.ts';
import { servedAs } from '../serve/server-facts.ts';
import { versions } from '../versions.ts';
import { type StatusReport, statusOf } from './status.ts';

/** How the process is that owns a shop. */
export interface ServerStatus extends StatusReport {
  readonly version: string;
  /** Null where the shop is not served: a replay owns it. */
  readonly url: string | null;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reasons: readonly string[];
  readonly uptime_seconds: number;
  /** Taken in, over the last half minute. */
  readonly events_per_second: number;
  /** Wall clock less watermark; null before the first event. */
  readonly watermark_lag_seconds: number | null;
  readonly journal_backlog_rows: number;
  /** Of all in the data folder. */
  readonly disk_bytes: number;
  readonly disk_free_bytes: number;
  /** When something was last compared with the events it comes from; null: never. */
  readonly last_verified: string | null;
  /** Stretches that differed when they were last compared. */
  readonly differing: number;
}

export const serverStatus = operation<Record<string, never>, never, ServerStatus>({
  input: z.object({}),
  run: async (open) => {
    const { shop, reader, folder } = open;
    const served = servedAs(open);
    const checked = await reader.ask([], (reading) => loadChecked(reading.database));
    const last = checked.reduce((latest, { at }) => Math.max(latest, at), 0);
    const { bavail, bsize } = statfsSync(folder.path);
    const { watermark } = shop.ingest;
    const reasons = served?.reasons() ?? [];
    return {
      ...statusOf(shop),
      version: versions().footfall,
      url: served?.url ?? null,
      ready: reasons.length === 0,
      reasons,
      uptime_seconds: Math.round(process.uptime()),
      events_per_second: Math.round((served?.vitals().eventsPerSecond ?? 0) * 10) / 10,
      watermark_lag_seconds: watermark === null ? null : Math.max(0, Math.round(Date.now() / 1000 - watermark / 1e6)),
      journal_backlog_rows: served?.backlog() ?? 0,
      disk_bytes: bytesIn(folder.path),
      disk_free_bytes: bavail * bsize,
      last_verified: last === 0 ? null : formatInstant(last),
      differing: checked.filter(({ differences }) => differences > 0).length,
    };
  },
});

/** Files come and go while they are counted. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .reduce(
      (sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
