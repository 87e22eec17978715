import { z } from 'zod';
import { ABSENCE_PARTS } from './absence-part.ts';
import { ANOMALY_COLUMNS, type AnomalyPart } from './anomaly-part.ts';
import type { Expression } from './expression.ts';
import { EPISODE_PARTS } from './ledger-part.ts';
import type { Measure } from './measure.ts';
import type { ViewDeclaration } from './view.ts';

const literal = z.union([z.string(), z.number(), z.boolean()], 'is no text, number, true or false');
const expression: z.ZodType<Expression> = z.lazy(() => expressions);
const measure: z.ZodType<Measure> = z.lazy(() => measures);
const where = { where: expression.exactOptional() };

const expressions = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('column'), name: z.string() }),
  z.object({ kind: z.literal('literal'), value: literal }),
  z.object({
    kind: z.literal('compare'),
    op: z.literal(['=', '<>', '<', '<=', '>', '>=']),
    left: expression,
    right: expression,
  }),
  z.object({ kind: z.literal('among'), of: expression, values: z.array(literal) }),
  z.object({ kind: z.literal(['all', 'any', 'either']), of: z.array(expression) }),
  z.object({ kind: z.literal(['not', 'missing']), of: expression }),
  z.object({ kind: z.literal('calendar'), part: z.literal(['hour', 'weekday', 'month']), of: expression }),
  z.object({
    kind: z.literal('band'),
    of: expression,
    bounds: z.array(z.tuple([z.number(), z.string()])),
    above: z.string(),
    missing: z.string(),
  }),
  z.object({ kind: z.literal('rename'), of: expression, names: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('elapsed'), from: expression, to: expression }),
  z.object({ kind: z.literal('human') }),
  z.object({ kind: z.literal('property'), name: z.string() }),
  z.object({ kind: z.literal('dimension'), dimension: z.literal(['product', 'user']), name: z.string() }),
]) satisfies z.ZodType<Expression>;

const measures = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('count'), ...where }),
  z.object({
    kind: z.literal(['sum', 'min', 'max', 'stddev', 'distinct', 'list', 'first', 'last']),
    of: expression,
    ...where,
  }),
  z.object({ kind: z.literal('sequence'), of: expression }),
  z.object({ kind: z.literal('avg'), of: expression, unit: z.number(), ...where }),
  z.object({ kind: z.literal('quantile'), of: expression, p: z.number(), ...where }),
  z.object({ kind: z.literal('has'), where: expression }),
  z.object({ kind: z.literal('plus'), left: measure, right: measure }),
  z.object({ kind: z.literal('ratio'), numerator: measure, denominator: measure, per: z.string() }),
]) satisfies z.ZodType<Measure>;

const windowing = z.discriminatedUnion('shape', [
  z.object({ shape: z.literal('tumbling'), size: z.number() }),
  z.object({ shape: z.literal('sliding'), size: z.number(), step: z.number() }),
  z.object({ shape: z.literal('calendar'), unit: z.literal(['hour', 'day', 'week', 'month']) }),
]);

const judged = { from: z.number(), to: z.number() };
const anomalyPart = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('unusual'),
    of: expression,
    missing: z.number().exactOptional(),
    among: expression,
    least: z.number(),
    spread: z.number(),
    ...judged,
    above: z.string(),
    below: z.string().exactOptional(),
  }),
  z.object({ is: z.literal('unseen'), of: expression, among: expression, says: z.string() }),
  z.object({
    is: z.literal('frequent'),
    of: expression,
    among: expression,
    within: z.number(),
    ...judged,
    says: z.string(),
  }),
]) satisfies z.ZodType<AnomalyPart>;

const kind = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('project') }),
  z.object({ kind: z.literal('window'), windowing }),
  z.object({
    kind: z.literal('match'),
    windowing,
    within: z.number(),
    followedBy: expression,
    on: z.array(expression),
  }),
  z.object({ kind: z.literal('session'), gap: z.number(), split: z.boolean(), byVisitor: z.boolean() }),
  z.object({ kind: z.literal('rollup'), parent: z.string(), windowing, on: z.string() }),
  z.object({
    kind: z.literal('absence'),
    adds: expression,
    removes: expression,
    recoveredBy: expression,
    item: expression,
    quantity: expression,
    price: expression,
    amount: expression,
    gap: z.number(),
    threshold: z.number(),
    within: z.number(),
  }),
  z.object({
    kind: z.literal('ledger'),
    counts: z.literal('stock'),
    takes: expression,
    adds: expression,
    quantity: expression,
  }),
  z.object({
    kind: z.literal('anomaly'),
    days: z.number(),
    parts: z.array(anomalyPart),
    threshold: z.number(),
    unknown: z.string(),
  }),
  z.object({ kind: z.literal('episode'), parent: z.string(), opensBelow: z.number(), closesAt: z.number() }),
]);

const value = z.discriminatedUnion('role', [
  z.object({ role: z.literal('window'), edge: z.literal(['start', 'end']) }),
  z.object({ role: z.literal(['key', 'field', 'ledger']), of: expression }),
  z.object({ role: z.literal('episode'), part: z.literal(EPISODE_PARTS) }),
  z.object({ role: z.literal('anomaly'), part: z.literal(ANOMALY_COLUMNS) }),
  z.object({ role: z.literal('absence'), part: z.literal(ABSENCE_PARTS) }),
  z.object({ role: z.literal('session'), part: z.literal(['id', 'visitor', 'start', 'end', 'status']) }),
  z.object({ role: z.literal('elapsed'), unit: z.number(), whole: z.boolean() }),
  z.object({ role: z.literal('measure'), measure }),
  z.object({ role: z.literal(['arrival', 'month']) }),
]);

const wording = { label: z.string(), description: z.string(), unit: z.string().exactOptional() };

/** The shape of a view declaration that was written by hand, without its types being checked. */
export const declarationSchema = z.object({
  name: z.string(),
  kit: z.literal(['journey', 'realtime', 'lake', 'globalmart', 'shop']),
  ...wording,
  kind,
  where: expression.exactOptional(),
  columns: z.record(z.string(), z.object({ ...wording, value })),
}) satisfies z.ZodType<ViewDeclaration>;
