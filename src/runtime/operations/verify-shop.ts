import { z } from 'zod';
import { finalize } from '../../engine/finalize.ts';
import { type VerifyReport, type ViewVerdict, verify } from '../../engine/verify.ts';
import { findView } from '../find-view.ts';
import { operation } from '../operation.ts';

const input = z.object({ views: z.array(z.string()).optional() });

/** Recomputes closed slices from raw and compares; each view's verdict is a part of its own. */
export const verifyShop = operation<z.infer<typeof input>, ViewVerdict, VerifyReport>({
  input,
  run: ({ shop }, { views }, emit) =>
    shop.database.exclusively(async () => {
      const names = views?.map((name) => findView(shop, name).name);
      // What is closed by end needs no epoch, and would be opened again by one.
      const settled = shop.final.byEnd && shop.final.batch === shop.ingest.batch;
      if (!settled) await finalize(shop, { byEnd: false, at: Date.now() * 1000 });
      const onView = (verdict: ViewVerdict): void => void emit(verdict);
      return verify(shop, {
        ...(names === undefined ? {} : { views: names }),
        onView,
        clock: () => performance.now() / 1000,
      });
    }),
});
