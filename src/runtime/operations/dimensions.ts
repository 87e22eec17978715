import { z } from 'zod';
import { BOT, LINK } from '../../compile/human.ts';
import { type DimensionLoad, loadDimension } from '../../engine/dimension/load-dimension.ts';
import type { Json } from '../../store/value.ts';
import { operation } from '../operation.ts';

const loadInput = z.object({ dimension: z.literal(['product', 'user', 'rates', 'stock']), file: z.string() });

/** Loads a dimension file (absolute path) and lets closed slices follow. */
export const loadDimensionFile = operation<z.infer<typeof loadInput>, never, DimensionLoad>({
  audit: () => 'load-dimension',
  input: loadInput,
  creates: true,
  run: ({ shop, engine }, { dimension, file }) =>
    engine.change(() => loadDimension(shop, dimension, file, Date.now() * 1000)),
});

/** What is loaded of one dimension. */
export interface DimensionReport {
  readonly dimension: string;
  readonly keys: number;
  readonly versions: number;
  readonly attributes: readonly string[];
  /** From when the newest version holds. */
  readonly newest: Json;
}

export const dimensions = operation<Record<string, never>, never, readonly DimensionReport[]>({
  input: z.object({}),
  run: ({ reader }) =>
    reader.ask([], async ({ database }) => {
      const rows = await database.jsonRows(
        `SELECT kind, count(DISTINCT key) AS keys, count(*) AS versions, max(valid_from) AS newest, (SELECT list(DISTINCT k ORDER BY k) FROM (SELECT unnest(json_keys(attributes)) AS k FROM dimension i WHERE i.kind = d.kind)) AS attributes FROM dimension d WHERE kind NOT IN ('${LINK}', '${BOT}') GROUP BY kind ORDER BY kind`,
      );
      return rows.map((row) => ({
        dimension: String(row['kind']),
        keys: Number(row['keys']),
        versions: Number(row['versions']),
        attributes: (row['attributes'] as Json[] | null)?.map(String) ?? [],
        newest: row['newest'] ?? null,
      }));
    }),
});
