import { z } from 'zod';

/** Which rows of a view, and made into what: said alike over HTTP, on the command line and in exports. */
export const askedRows = z.object({
  view: z.string(),
  columns: z.array(z.string()).optional(),
  /** On the view's time, from (inclusive) and to (exclusive). */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Columns, a `-` in front for descending. */
  order: z.array(z.string()).optional(),
  /** Final rows only. */
  final: z.boolean().optional(),
  /** Filters, all of which hold: `COLUMN:OP:VALUE`. */
  where: z.array(z.string()).optional(),
  /** IANA name: times are said in it, times without a zone are of it, and calendar groups follow it. */
  zone: z.string().optional(),
  /** Columns, and one of hour, day, week and month; or total. */
  group_by: z.array(z.string()).optional(),
  /** Of groups: columns by their own meaning, or `sum:`, `min:` and `max:` of them, and `rows`. */
  measures: z.array(z.string()).optional(),
  /** Of groups: previous, week, year or FROM..TO. */
  compare: z.string().optional(),
});

export type AskedRows = z.infer<typeof askedRows>;
