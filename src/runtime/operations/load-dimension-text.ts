import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type DimensionLoad, loadDimension } from '../../engine/dimension/load-dimension.ts';
import { ImportFiles } from '../imports/import-files.ts';
import { operation } from '../operation.ts';

const input = z.object({
  dimension: z.literal(['product', 'user', 'rates', 'stock']),
  /** The file as it was sent, in latin1: a character a byte. */
  bytes: z.string(),
});

/** Loads a dimension from the content of a file that was sent, and lets closed slices follow. */
export const loadDimensionText = operation<z.infer<typeof input>, never, DimensionLoad>({
  audit: () => 'load-dimension',
  input,
  run: async ({ shop, engine, folder }, { dimension, bytes }) => {
    const files = new ImportFiles(folder.path);
    // What a crash leaves of it is removed at the next start, with other files that were being sent.
    const path = `${files.partial(randomUUID())}.csv`;
    mkdirSync(files.folder, { recursive: true });
    writeFileSync(path, bytes, 'latin1');
    try {
      return await engine.change(() => loadDimension(shop, dimension, path, Date.now() * 1000));
    } catch (error) {
      if (error instanceof FootfallError && 'path' in error.params)
        throw new FootfallError(error.code, { ...error.params, path: dimension } as never, { cause: error.cause });
      throw error;
    } finally {
      rmSync(path, { force: true });
    }
  },
});
