import { z } from 'zod';
import { withReader } from '../../engine/read.ts';
import { type VerifyReport, type ViewVerdict, verify } from '../../engine/verify.ts';
import { findView } from '../find-view.ts';
import { operation } from '../operation.ts';

const input = z.object({ views: z.array(z.string()).optional() });

/** Recomputes closed slices from raw and compares; each view's verdict is a part of its own. */
export const verifyShop = operation<z.infer<typeof input>, ViewVerdict, VerifyReport>({
  input,
  run: async ({ shop, engine }, { views }, emit) => {
    const names = views?.map((name) => findView(shop, name).name);
    // What is closed by end needs no epoch, and would be opened again by one.
    if (!(shop.final.byEnd && shop.final.batch === shop.ingest.batch)) await engine.finalize(false);
    const options = {
      ...(names === undefined ? {} : { views: names }),
      onView: (verdict: ViewVerdict) => void emit(verdict),
      clock: () => performance.now() / 1000,
    };
    return withReader(shop, (reader) => reader.ask([], (reading) => verify(reading, options)));
  },
});
