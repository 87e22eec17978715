import { layoutOf, resultTable, storedColumns } from '../../compile/layout.ts';
import { present } from '../../compile/present.ts';
import { isStored } from '../../compile/tables.ts';
import type { Span } from '../../compile/window.ts';
import { literalText } from '../../core/sql-text.ts';
import { days, type EpochMicros, hours } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import { eventsAnHour } from '../events-an-hour.ts';
import { closedUntil } from '../kinds/kind-engine.ts';
import type { ShopSnapshot } from '../shop.ts';
import { sealedText } from '../unsealed.ts';
import { besideOf, isBeside, ownName, seenFromBeside } from './beside.ts';
import { compareDefinitions, type DefinitionsDifference } from './compare.ts';
import type { Definitions } from './definitions.ts';
import { dayColumn, rowsInRange } from './rows-in-range.ts';

/** A day of a view before and after. */
export interface DayMoved {
  /** Of the zone in force, as 2019-10-01; null for rows that belong to no day. */
  readonly day: string | null;
  readonly rows: { readonly before: number; readonly after: number };
  /** Rows that are new, gone or say something else. */
  readonly moved: number;
  /** Sums of the main measures, as text. */
  readonly sums: Readonly<Record<string, { readonly before: string | null; readonly after: string | null }>>;
}

/** What comparing one view came to. */
export interface ViewMoved {
  readonly view: string;
  /** Closed days of the range, oldest first. */
  readonly days: readonly DayMoved[];
}

export interface Plan extends DefinitionsDifference {
  readonly moved: readonly ViewMoved[];
  /** Views whose new rows were not computed for the plan. */
  readonly uncompared: readonly string[];
  /** Events whose days were compared; `whole`: all that there are. */
  readonly range: {
    readonly start: EpochMicros;
    readonly end: EpochMicros;
    readonly events: number;
    readonly whole: boolean;
  } | null;
  /** Estimated from what was computed for the plan. */
  /** What happened before it is sealed: new definitions are computed over it all the same. Null: nothing is. */
  readonly sealed_before: string | null;
  readonly backfill: { readonly events: number; readonly rows: number; readonly seconds: number };
}

export interface PlanOptions {
  /** Seconds on a steady clock. */
  readonly clock: () => number;
  /** Most events to look at: the newest days that have so many. */
  readonly most?: number;
}

/** So many take some seconds a view. */
const MOST_EVENTS = 2_000_000;

/**
 * What would change if other definitions were put in force: which views, and which days move by how much. New rows are
 * computed over the newest days of history and compared with those that are stored; nothing is written.
 *
 * @param shop one committed state on a connection of its own
 */
export async function planOf(
  shop: ShopSnapshot,
  next: Definitions,
  { clock, most = MOST_EVENTS }: PlanOptions,
): Promise<Plan> {
  const inForce: Definitions = { zone: shop.settings.zone, views: shop.views };
  const difference = compareDefinitions(inForce, next);
  const beside = besideOf('next', next, inForce);
  const all = seenFromBeside(shop, beside);
  const range = await rangeOf(shop, most);
  const moved: ViewMoved[] = [];
  const uncompared: string[] = [];
  let [rows, seconds] = [0, 0];
  for (const view of range === null ? [] : beside.views) {
    const began = clock();
    const computed = await compute(all, view, range ?? { start: 0, end: 0 });
    seconds += clock() - began;
    if (computed === null) {
      uncompared.push(ownName(view.name));
      continue;
    }
    rows += computed;
    const old = shop.view(ownName(view.name));
    const bounds = daysWithin(shop, old, range ?? { start: 0, end: 0, whole: true });
    moved.push({ view: ownName(view.name), days: await compareDays({ before: shop, after: all }, view, old, bounds) });
  }
  const share = range === null || range.events === 0 ? 0 : shop.ingest.events / range.events;
  // Computed once for the rows, and once more to check them.
  const backfill = { events: shop.ingest.events, rows: Math.round(rows * share), seconds: 2 * seconds * share };
  return { ...difference, moved, uncompared, range, sealed_before: sealedText(shop), backfill };
}

interface Range extends Span {
  readonly events: number;
  readonly whole: boolean;
}

/** The newest whole days with at most so many events, at least one. */
async function rangeOf(shop: ShopSnapshot, most: number): Promise<Range | null> {
  const { extent } = shop;
  if (extent === null) return null;
  const end = extent.end + 1;
  const first = Math.floor(extent.start / days(1)) * days(1);
  let [start, events, taken] = [end, 0, 0];
  const counts = await eventsAnHour(shop, first, end);
  for (const { start: hour, events: more } of [...counts].reverse()) {
    const day = Math.floor(hour / days(1)) * days(1);
    if (day < start && events > 0 && events + more > most) break;
    events += more;
    taken += 1;
    start = Math.min(start, day);
  }
  return { start, end, events, whole: taken === counts.length };
}

const table = (view: ViewPlan): string => `plan${view.name}`;

/** Fills a temporary table with the view's new rows. @returns how many; null for kinds that are not computed here */
async function compute(shop: ShopSnapshot, view: ViewPlan, range: Span): Promise<number | null> {
  const { kind } = view;
  const parent = 'parent' in kind ? shop.view(kind.parent) : undefined;
  // Parents come first: one that changes was computed.
  const source = parent !== undefined && isBeside(parent.name) ? table(parent) : undefined;
  const rows = rowsInRange(shop, view, { start: range.start, end: range.end + hours(1) }, source);
  if (rows === null) return null;
  const columns = storedColumns(layoutOf(view, shop.context)).join(', ');
  await shop.database.run(
    `CREATE OR REPLACE TEMP TABLE ${table(view)} AS SELECT ${columns}, late_events FROM (${rows})`,
  );
  return Number((await shop.database.one(`SELECT count(*) AS n FROM ${table(view)}`))?.['n']);
}

/**
 * Days that can be compared: closed ones, and, where history was cut, not the first, which sessions reach into.
 */
function daysWithin(
  shop: ShopSnapshot,
  old: ViewPlan | undefined,
  { start, end, whole }: Span & { whole: boolean },
): Span {
  const until = old === undefined ? Number.POSITIVE_INFINITY : closedUntil(shop, old);
  const bound = Number.isFinite(until)
    ? Math.floor(until / days(1)) * days(1)
    : until === Number.NEGATIVE_INFINITY
      ? start
      : end + days(1);
  return { start: whole ? Number.NEGATIVE_INFINITY : start + days(1), end: bound };
}

interface Sides {
  readonly before: ShopSnapshot;
  readonly after: ShopSnapshot;
}

async function compareDays(
  sides: Sides,
  view: ViewPlan,
  old: ViewPlan | undefined,
  bounds: Span,
): Promise<readonly DayMoved[]> {
  const { database, settings } = sides.before;
  const measures = mainMeasures(view, old);
  const common = view.columns
    .map(({ name }) => name)
    .filter((name) => old?.columns.some((column) => column.name === name));
  const sums = measures.map((name, i) => `sum("${name}")::VARCHAR AS m${i}`);
  const told = common.map((name) => `"${name}"`).join(', ');
  const side = (of: string) =>
    `SELECT "~day" AS day, ${told === '' ? '0' : `hash(${told})`} AS h${measures.map((name) => `, "${name}"`).join('')} FROM (${of})`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE plan_after AS ${side(published(sides.after, view, `SELECT * FROM ${table(view)}`, bounds, settings.zone))}`,
  );
  const before =
    old !== undefined && isStored(old)
      ? published(sides.before, old, `SELECT * FROM ${resultTable(old)}`, bounds, settings.zone)
      : null;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE plan_before AS ${before === null ? 'SELECT * FROM plan_after WHERE FALSE' : side(before)}`,
  );
  const rows = (of: string) =>
    `(SELECT day, count(*) AS n${sums.map((sum) => `, ${sum}`).join('')} FROM ${of} GROUP BY 1)`;
  const counted = (of: string) => `(SELECT day, h, count(*) AS n FROM ${of} GROUP BY 1, 2)`;
  const differences = `(SELECT coalesce(b.day, a.day) AS day, greatest(sum(greatest(coalesce(b.n, 0) - coalesce(a.n, 0), 0)), sum(greatest(coalesce(a.n, 0) - coalesce(b.n, 0), 0)))::BIGINT AS moved FROM ${counted('plan_before')} b FULL JOIN ${counted('plan_after')} a ON b.day IS NOT DISTINCT FROM a.day AND b.h = a.h GROUP BY 1)`;
  const found = await database.jsonRows(
    `SELECT d.day::VARCHAR AS day, d.moved, coalesce(b.n, 0) AS before, coalesce(a.n, 0) AS after${measures.map((_, i) => `, b.m${i} AS before${i}, a.m${i} AS after${i}`).join('')} FROM ${differences} d LEFT JOIN ${rows('plan_before')} b ON b.day IS NOT DISTINCT FROM d.day LEFT JOIN ${rows('plan_after')} a ON a.day IS NOT DISTINCT FROM d.day ORDER BY d.day`,
  );
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return found.map((row) => ({
    day: text(row['day']),
    rows: { before: Number(row['before']), after: Number(row['after']) },
    moved: Number(row['moved']),
    sums: Object.fromEntries(
      measures.map((name, i) => [name, { before: text(row[`before${i}`]), after: text(row[`after${i}`]) }]),
    ),
  }));
}

/** Published rows of the days to compare, each with its day in a zone. */
function published(
  { context }: ShopSnapshot,
  view: ViewPlan,
  rows: string,
  { start, end }: Span,
  zone: string,
): string {
  const column = dayColumn(view);
  if (column === null)
    return `SELECT *, NULL::DATE AS "~day" FROM (${present(view, `SELECT *, TRUE AS is_final FROM (${rows})`, context, [])})`;
  const { dialect } = context;
  const bounds = [
    ...(Number.isFinite(start) ? [`${column} >= ${dialect.instant(start)}`] : []),
    ...(Number.isFinite(end) ? [`${column} < ${dialect.instant(end)}`] : []),
  ];
  const within = `SELECT *, TRUE AS is_final, ${column} AS "~at" FROM (${rows}) WHERE ${bounds.join(' AND ') || 'TRUE'}`;
  const local = `timezone(${literalText(zone)}, timezone('UTC', "~at"))`;
  return `SELECT *, ${local}::DATE AS "~day" FROM (${present(view, within, context, ['"~at"'])})`;
}

/** At most two counts or sums that both have. */
function mainMeasures(view: ViewPlan, old: ViewPlan | undefined): readonly string[] {
  const adds = ({ value }: ViewPlan['columns'][number]): boolean =>
    value.role === 'measure' && (value.measure.kind === 'count' || value.measure.kind === 'sum');
  return view.columns
    .filter(
      (column) =>
        adds(column) && (old === undefined || old.columns.some((each) => each.name === column.name && adds(each))),
    )
    .map(({ name }) => name)
    .slice(0, 2);
}
