import { z } from 'zod';
import { FILTER_OPS } from '../runtime/rows/filter.ts';

const names = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .optional();

/** Which rows of a view, as the query of an address says it. */
export const rowsQuery = {
  from: z.string().optional().describe('rows whose time is at or after this'),
  to: z.string().optional().describe('rows whose time is before this'),
  columns: names.describe('these columns only, with commas between them'),
  order: names.describe('columns to order by, - in front for descending'),
  final: z.stringbool().optional().describe('final rows only'),
  where: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .optional()
    .describe(`filters COLUMN:OP:VALUE, all of which hold; OP is one of ${FILTER_OPS.join(', ')}`),
  zone: z.string().optional().describe('IANA zone that times are said in; times without a zone are of it'),
  group_by: names.describe('columns, and one of hour, day, week and month; or total'),
  measures: names.describe('of groups: columns, sum:, min: or max: of them, and rows; all that there can be if absent'),
  compare: z.string().optional().describe('of groups: previous, week, year, or another range as FROM..TO'),
} as const;
