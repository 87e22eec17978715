import { days as daysLong, type EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { anomalyKind, fieldInputs, type Input, type PartColumns, partColumns, partInputs } from './anomaly-parts.ts';
import { type CompileContext, eventScope } from './context.ts';
import { compileWhere } from './expression.ts';
import { withinSpan } from './ledger.ts';
import type { Span } from './window.ts';

/** A stretch of a shop day that lies in one day of UTC; `day` numbers the shop's days, `utc` those of UTC since 1970. */
export interface DayPiece {
  readonly utc: number;
  readonly start: EpochMicros;
  readonly end: EpochMicros;
  readonly day: number;
}

/** The shop's days in which the events lie that are read; null where they are those of UTC. */
export type ShopDays = readonly DayPiece[] | null;

/** Columns of what is scored, and of what it is compared with, by name. */
const HEAD = ['seq', 'moment', 'day'];
const names = (inputs: readonly Input[]): readonly string[] => inputs.map(({ name }) => `"${name}"`);
const scoredColumns = (view: ViewPlan, context: CompileContext): string =>
  [...HEAD, ...names(fieldInputs(view, context)), ...names(partInputs(view, context)), 'late_events'].join(', ');
const comparedColumns = (view: ViewPlan, context: CompileContext): string =>
  [...HEAD, ...names(partInputs(view, context))].join(', ');

/** The view's events in a span, from raw. */
export function anomalyEvents(
  view: ViewPlan,
  span: Span,
  shopDays: ShopDays,
  context: CompileContext,
  condition: readonly string[] = [],
): string {
  const { dialect } = context;
  const utc = dialect.bucket('event_time', daysLong(1));
  const where = [
    ...withinSpan('event_time', span, context),
    compileWhere(view.where, eventScope(context), context),
    ...condition,
  ];
  const inputs = [...fieldInputs(view, context), ...partInputs(view, context)];
  // Parts and fields are made of the same few values: each is computed once.
  const values = [...new Set(inputs.map(({ sql }) => sql))];
  const named = inputs.map(({ name, sql }) => `v${values.indexOf(sql)} AS "${name}"`);
  const joined =
    shopDays === null
      ? ''
      : ` JOIN ${piecesOf(shopDays, context)} shop_day ON shop_day.utc = ${utc} AND event_time >= shop_day.begun AND event_time < shop_day.ended`;
  const columns = [
    'seq',
    'event_time AS moment',
    `${shopDays === null ? utc : 'shop_day.number'} AS day`,
    ...values.map((sql, i) => `${sql} AS v${i}`),
    'late::BIGINT AS late_events',
  ];
  const events = `SELECT ${columns.join(', ')} FROM raw${joined} WHERE ${where.join(' AND ')}`;
  return `SELECT ${[...HEAD, ...named, 'late_events'].join(', ')} FROM (${events})`;
}

/** One row when the view has an event in a span. */
export const anyEvent = (view: ViewPlan, span: Span, context: CompileContext): string =>
  `SELECT 1 AS found FROM raw WHERE ${[...withinSpan('event_time', span, context), compileWhere(view.where, eventScope(context), context)].join(' AND ')} LIMIT 1`;

function piecesOf(pieces: readonly DayPiece[], { dialect }: CompileContext): string {
  const rows = pieces.map(
    ({ utc, start, end, day }) => `(${utc}, ${dialect.instant(start)}, ${dialect.instant(end)}, ${day})`,
  );
  if (rows.length === 0) return '(SELECT 0 AS utc, NULL::TIMESTAMP AS begun, NULL::TIMESTAMP AS ended, 0 AS number)';
  return `(SELECT * FROM (VALUES ${rows.join(', ')}) pieces(utc, begun, ended, number))`;
}

/** Stored rows that a condition picks, as what is scored again. */
export const storedEvents = (view: ViewPlan, rows: string, condition: string, context: CompileContext): string =>
  `SELECT ${scoredColumns(view, context)} FROM ${rows} WHERE ${condition}`;

/** Stored rows that a condition picks, as what others are compared with. */
export const storedHistory = (view: ViewPlan, rows: string, condition: string, context: CompileContext): string =>
  `SELECT ${comparedColumns(view, context)} FROM ${rows} WHERE ${condition}`;

/** The steps to what a part finds, each under a name of its own, and how it is joined to what is scored. */
function partSteps(column: PartColumns, index: number, days: number, context: CompileContext): readonly string[] {
  const { dialect } = context;
  const { part, of, among } = column;
  const [group, found] = [`group${index}`, `found${index}`];
  const asked = `"${among}" IN (SELECT "${among}" FROM scored)`;
  switch (part.is) {
    case 'unusual': {
      // Most groups are visitors who came a few times: nothing is known of them, whatever the day.
      const large = `SELECT k FROM ${group} GROUP BY k HAVING sum(n) > ${part.least}`;
      return [
        `${group} AS MATERIALIZED (SELECT "${among}" AS k, day, count(*) AS n, sum("${of}")::BIGINT AS s, sum("${of}"::BIGINT * "${of}")::BIGINT AS q FROM compared WHERE "${of}" IS NOT NULL AND ${asked} GROUP BY ALL)`,
        `${found} AS (SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q FROM ${group} WHERE k IN (${large}) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN ${days} PRECEDING AND 1 PRECEDING))`,
      ];
    }
    case 'unseen':
      return [
        `${group} AS MATERIALIZED (SELECT "${among}" AS k, "${of}" AS v, day, count(*) AS n FROM compared WHERE "${of}" IS NOT NULL AND ${asked} GROUP BY ALL)`,
        `${found} AS (SELECT a.k, a.v, a.day, sum(b.n) AS n, count(DISTINCT b.v) AS m, max(CASE WHEN b.v = a.v THEN 1 ELSE 0 END) AS seen FROM (SELECT DISTINCT "${among}" AS k, "${of}" AS v, day FROM scored) a JOIN ${group} b ON b.k = a.k AND b.day >= a.day - ${days} AND b.day < a.day GROUP BY a.k, a.v, a.day)`,
      ];
    case 'frequent': {
      const since = dialect.plus('(SELECT min(moment) FROM scored)', -part.within);
      // So many within the time lie in two stretches of it, one after the other: nearly nobody is looked at one by one.
      const slots = `slots${index}`;
      const often = `SELECT a.k FROM ${slots} a LEFT JOIN ${slots} b ON b.k = a.k AND b.slot = a.slot + 1 WHERE a.n + coalesce(b.n, 0) > ${part.from}`;
      return [
        `${group} AS MATERIALIZED (SELECT seq, moment, "${among}" AS k, "${of}" AS v FROM compared WHERE moment >= ${since} AND "${of}" IS NOT NULL AND ${asked})`,
        `${slots} AS MATERIALIZED (SELECT k, ${dialect.bucket('moment', part.within)} AS slot, count(*) AS n FROM ${group} GROUP BY ALL)`,
        `${found} AS (SELECT seq, ${dialect.distinctWithin('v', 'k', 'moment', part.within)} AS n FROM ${group} WHERE k IN (${often}))`,
      ];
    }
  }
}

const joinOf = ({ part, of, among }: PartColumns, index: number): string => {
  const found = `found${index}`;
  if (part.is === 'frequent') return ` LEFT JOIN ${found} ON ${found}.seq = s.seq`;
  const same = `${found}.k = s."${among}" AND ${found}.day = s.day`;
  return ` LEFT JOIN ${found} ON ${same}${part.is === 'unseen' ? ` AND ${found}.v = s."${of}"` : ''}`;
};

/** 0 to 10,000: where a number lies between two others. */
const share = (value: string, { from, to }: { readonly from: number; readonly to: number }): string =>
  `round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (${value} - ${from}::DOUBLE) / ${to - from}::DOUBLE)))::BIGINT`;

/** What is known of a scored event by a part: numbers from which strength and figure are made. */
function knownOf({ part }: PartColumns, index: number, { dialect }: CompileContext): readonly string[] {
  const found = `found${index}`;
  if (part.is !== 'unusual') return [];
  const { n, s, q } = { n: `${found}.n`, s: `${found}.s`, q: `${found}.q` };
  const enough = `${n} >= ${part.least}`;
  const mean = `${dialect.toDouble(s)} / ${dialect.toDouble(n)}`;
  const spread = `sqrt(${dialect.toDouble(`(${n} * ${q} - ${s} * ${s})`)} / ${dialect.toDouble(`(${n} * (${n} - 1))`)})`;
  return [
    `CASE WHEN ${enough} THEN ${mean} END AS mean${index}`,
    `CASE WHEN ${enough} THEN greatest(${spread}, ${part.spread * 1000}::DOUBLE) END AS spread${index}`,
  ];
}

function strengthOf({ part, of, among }: PartColumns, index: number): string {
  const found = `found${index}`;
  switch (part.is) {
    case 'unusual': {
      const away = `("${of}" - mean${index})`;
      const distance = `${part.below === undefined ? away : `abs${away}`} / spread${index}`;
      return `CASE WHEN "${of}" IS NOT NULL AND mean${index} IS NOT NULL THEN ${share(distance, part)} END`;
    }
    case 'unseen':
      return `CASE WHEN ${found}_seen = 1 THEN 0 ELSE round(10000 * ${found}_n::DOUBLE / (${found}_n + ${found}_m)::DOUBLE)::BIGINT END`;
    case 'frequent':
      return `CASE WHEN "${among}" IS NOT NULL AND "${of}" IS NOT NULL THEN ${share(`coalesce(${found}_n, 0)::DOUBLE`, part)} END`;
  }
}

function figureOf({ part, of, strength }: PartColumns, index: number): string {
  const figure =
    part.is === 'unusual'
      ? `CASE WHEN "${of}" >= mean${index} THEN round("${of}" - mean${index}) ELSE -round(mean${index} - "${of}") END`
      : `found${index}_n`;
  return `CASE WHEN ${strength} > 0 THEN (${figure})::BIGINT END`;
}

/** Events to be scored (`anomalyEvents`, `storedEvents`), and others of the days before them to compare with (`storedHistory`). */
export interface AnomalyScope {
  readonly scored: string;
  /** Without what is scored; absent where all that matters is scored. */
  readonly history?: string;
}

/**
 * `rows(slice)` of an anomaly view: SQL that yields the stored columns and `late_events`. Sums of whole numbers by group and
 * day, then over the days before: they do not depend on the order of events, and each strength is one formula over them.
 */
export function anomalyRows(view: ViewPlan, { scored, history }: AnomalyScope, context: CompileContext): string {
  const { days } = anomalyKind(view);
  const parts = partColumns(view);
  const compared = comparedColumns(view, context);
  const before = history === undefined ? '' : `SELECT ${compared} FROM (${history}) UNION ALL `;
  const steps = [
    `scored AS MATERIALIZED (${scored})`,
    `compared AS (${before}SELECT ${compared} FROM scored)`,
    ...parts.flatMap((part, i) => partSteps(part, i + 1, days, context)),
  ];
  const counts = parts.flatMap(({ part }, i) => {
    if (part.is === 'unusual') return [];
    const found = `found${i + 1}`;
    const columns = part.is === 'unseen' ? ['n', 'm', 'seen'] : ['n'];
    return columns.map((column) => `${found}.${column} AS ${found}_${column}`);
  });
  const known = ['s.*', ...parts.flatMap((part, i) => knownOf(part, i + 1, context)), ...counts];
  const joins = parts.map((part, i) => joinOf(part, i + 1)).join('');
  const strengths = parts.map((part, i) => `${strengthOf(part, i + 1)} AS ${part.strength}`);
  const figures = parts.map((part, i) => `${figureOf(part, i + 1)} AS ${part.figure}`);
  return `WITH ${steps.join(', ')} SELECT *, ${figures.join(', ')} FROM (SELECT *, ${strengths.join(', ')} FROM (SELECT ${known.join(', ')} FROM scored s${joins}))`;
}
