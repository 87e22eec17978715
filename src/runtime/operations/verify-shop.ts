import { z } from 'zod';
import { type VerifyReport, type ViewVerdict, verify } from '../../engine/verify.ts';
import { findView } from '../find-view.ts';
import type { OpenShop } from '../open-shop.ts';
import { operation } from '../operation.ts';

const input = z.object({ views: z.array(z.string()).optional() });

/** Times that it is tried to find a moment in which no restatement waits; in a busy shop the next batch may bring one. */
const ATTEMPTS = 20;

/** Recomputes closed slices from raw and compares; each view's verdict is a part of its own. */
export const verifyShop = operation<z.infer<typeof input>, ViewVerdict, VerifyReport>({
  input,
  run: async (open, { views }, emit) => {
    const { shop, engine } = open;
    const names = views?.map((name) => findView(shop, name).name);
    const onView = (verdict: ViewVerdict): void => void emit(verdict);
    for (let attempt = 1; ; attempt++) {
      // What is closed by end needs no epoch, and would be opened again by one.
      if (!(shop.final.byEnd && shop.final.batch === shop.ingest.batch)) await engine.finalize(false);
      const report = await shop.database.exclusively(async () => {
        if (attempt < ATTEMPTS && (await marksWait(open))) return undefined;
        return verify(shop, {
          ...(names === undefined ? {} : { views: names }),
          onView,
          clock: () => performance.now() / 1000,
        });
      });
      if (report !== undefined) return report;
    }
  },
});

/** Whether batches after the last epoch asked for something to be computed again. */
async function marksWait({ shop: { database, final } }: OpenShop): Promise<boolean> {
  const row = await database.one(
    `SELECT (SELECT count(*) FROM dirty_window WHERE batch > ${final.batch}) + (SELECT count(*) FROM dirty_session WHERE batch > ${final.batch}) AS n`,
  );
  return Number(row?.['n']) > 0;
}
