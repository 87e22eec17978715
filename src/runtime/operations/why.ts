import { z } from 'zod';
import { PROVENANCE } from '../../compile/present.ts';
import { withReader } from '../../engine/read.ts';
import { type ReceiptOutcome, receipt } from '../../engine/receipt.ts';
import { checkColumn, findView } from '../find-view.ts';
import { operation } from '../operation.ts';

const input = z.object({
  view: z.string(),
  /** Column → value as results show it; `null` for none. */
  key: z.record(z.string(), z.string()),
  /** Most events that are listed; all are counted. */
  limit: z.int().min(1).max(10_000),
});

/** The events behind a row, and its former images. */
export const why = operation<z.infer<typeof input>, never, ReceiptOutcome>({
  input,
  run: async ({ shop }, asked) => {
    const view = findView(shop, asked.view);
    const known = [...view.columns.map(({ name }) => name), ...PROVENANCE];
    for (const name of Object.keys(asked.key)) checkColumn(view, name, known);
    return withReader(shop, (reader) => reader.ask([], (reading) => receipt(reading, view, asked.key, asked.limit)));
  },
});
