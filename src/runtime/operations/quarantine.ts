import { z } from 'zod';
import { selected } from '../../engine/repair/repair-refused.ts';
import type { Json } from '../../store/value.ts';
import { operation } from '../operation.ts';

const input = z.object({
  code: z.string().optional(),
  group: z.string().optional(),
  limit: z.int().min(1).default(20),
});

export interface QuarantineReport {
  /** Refused events by reason, most frequent first. */
  readonly codes: readonly {
    readonly code: string;
    readonly events: number;
    readonly first_arrival: Json;
    readonly last_arrival: Json;
  }[];
  /** Only when a code was asked for. */
  readonly samples: readonly QuarantineSample[];
}

export interface QuarantineSample {
  readonly partition: string;
  readonly path: string | null;
  readonly position: number;
  readonly pointer: string;
  readonly message: string;
  readonly arrival: Json;
  /** Number of the fact by which it is an event now; null while it is refused. */
  readonly repaired: number | null;
  /** The event as it came, base64. */
  readonly bytes: string;
}

/** What was refused, by code; with a code, some of its events as they came. */
export const quarantine = operation<z.input<typeof input>, never, QuarantineReport>({
  input,
  run: ({ reader }, { code, group, limit = 20 }) =>
    reader.ask([], async ({ database, ingest }) => {
      const asked = code !== undefined || group !== undefined;
      const condition = ` WHERE ${selected({ ...(code === undefined ? {} : { code }), ...(group === undefined ? {} : { group }) })}`;
      const codes = await database.jsonRows(
        `SELECT code, count(*) AS events, min(arrival) AS first_arrival, max(arrival) AS last_arrival FROM quarantine q${condition} GROUP BY code ORDER BY events DESC, code`,
      );
      const samples = !asked
        ? []
        : await database.jsonRows(
            `SELECT partition_key, position, pointer, message, arrival, bytes, repaired FROM quarantine q${condition} ORDER BY id LIMIT ${limit}`,
          );
      return {
        codes: codes.map((row) => ({
          code: String(row['code']),
          events: Number(row['events']),
          first_arrival: row['first_arrival'] ?? null,
          last_arrival: row['last_arrival'] ?? null,
        })),
        samples: samples.map((row) => ({
          partition: String(row['partition_key']),
          path: pathOf(ingest.progress.get(String(row['partition_key']))),
          position: Number(row['position']),
          pointer: String(row['pointer']),
          message: String(row['message']),
          arrival: row['arrival'] ?? null,
          repaired: row['repaired'] === null ? null : Number(row['repaired']),
          bytes: String(row['bytes']),
        })),
      };
    }),
});

/** Files keep their path with their position; other partitions have none. */
export function pathOf(progress: object | undefined): string | null {
  const { path } = (progress ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : null;
}
