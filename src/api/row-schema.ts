import { z } from 'zod';
import type { CompileContext } from '../compile/context.ts';
import type { ValueType } from '../compile/dialect/dialect.ts';
import { published } from '../compile/present.ts';
import type { Measure } from '../view/measure.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';

const time = (): z.ZodType => z.string().describe('ISO 8601 with microseconds');
const money = (): z.ZodType => z.string().describe('decimal text');
const whole = (): z.ZodType => z.union([z.int(), z.string()]).describe('a whole number; as text beyond 2^53');
const texts = (): z.ZodType => z.array(z.string().nullable());

/** How a value of each type is said in JSON. */
const JSON_OF: Readonly<Record<ValueType, () => z.ZodType>> = {
  symbol: () => z.string(),
  id: () => z.string(),
  text: () => z.string(),
  money,
  'wide money': money,
  integer: whole,
  wide: whole,
  double: () => z.number(),
  time,
  boolean: () => z.boolean(),
  symbols: texts,
  texts,
  'symbol[]': texts,
  'money[]': texts,
  'time[]': texts,
  'integer[]': () => z.array(whole().nullable()),
  pieces: () => z.array(z.record(z.string(), z.union([z.string(), z.number()]).nullable())),
};

/** A row of a view as `GET /v1/tables/NAME` gives it, with what each column means. */
export function rowSchema(view: ViewPlan, context: CompileContext): z.ZodType {
  const own = view.columns.map((column): [string, z.ZodType] => [column.name, columnSchema(column, view, context)]);
  return z.object({
    ...Object.fromEntries(own),
    is_final: z.boolean().describe('False while the slice is open'),
    revision: z.int().describe('How often a final row was corrected'),
    late_events: z.int().describe('Events that came after the watermark had passed them'),
    epoch: z.int().nullable().describe('Commit of the finalizer that wrote the row'),
  });
}

function columnSchema(column: ColumnPlan, view: ViewPlan, context: CompileContext): z.ZodType {
  const { label, description, unit, value } = column;
  const type = JSON_OF[published(column, view, context).type]();
  const always =
    value.role === 'window' || value.role === 'elapsed' || (value.role === 'measure' && isNeverNull(value.measure));
  const said = `${label}: ${description}${unit === undefined ? '' : ` (${unit})`}`;
  const form = type.description === undefined ? '' : `; ${type.description}`;
  return (always ? type : type.nullable()).describe(`${said}${form}`);
}

/** Sums and counts over nothing are 0, and lists have no elements. */
function isNeverNull(measure: Measure): boolean {
  if (measure.kind === 'plus') return isNeverNull(measure.left) && isNeverNull(measure.right);
  return ['count', 'sum', 'distinct', 'list', 'has', 'sequence'].includes(measure.kind);
}
